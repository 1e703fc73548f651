import { PageHead } from "@/kit/bits.tsx";

export default function PatientPage() {
  return (
    <div className="cw-page">
      <PageHead title="Patient" />
    </div>
  );
}
