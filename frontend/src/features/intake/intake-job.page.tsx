import { PageHead } from "@/kit/bits.tsx";

export default function IntakeJobPage() {
  return (
    <div className="cw-page">
      <PageHead title="Intake job" />
    </div>
  );
}
