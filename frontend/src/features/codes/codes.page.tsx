import { PageHead } from "@/kit/bits.tsx";

export default function CodesPage() {
  return (
    <div className="cw-page">
      <PageHead title="Codes" />
    </div>
  );
}
