import { PageHead } from "@/kit/bits.tsx";

export default function PatientSearchPage() {
  return (
    <div className="cw-page">
      <PageHead title="Find a patient" />
    </div>
  );
}
