import { PageHead } from "@/kit/bits.tsx";

export default function TrailPage() {
  return (
    <div className="cw-page">
      <PageHead title="Access trail" />
    </div>
  );
}
