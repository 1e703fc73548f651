import { PageHead } from "@/kit/bits.tsx";

export default function EditionsPage() {
  return (
    <div className="cw-page">
      <PageHead title="Classification editions" />
    </div>
  );
}
