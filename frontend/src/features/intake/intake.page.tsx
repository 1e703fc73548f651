import { PageHead } from "@/kit/bits.tsx";

export default function IntakePage() {
  return (
    <div className="cw-page">
      <PageHead title="Intake" />
    </div>
  );
}
