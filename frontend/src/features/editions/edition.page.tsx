import { PageHead } from "@/kit/bits.tsx";

export default function EditionPage() {
  return (
    <div className="cw-page">
      <PageHead title="Edition" />
    </div>
  );
}
