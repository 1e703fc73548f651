import { PageHead } from "@/kit/bits.tsx";

export default function TimetablePage() {
  return (
    <div className="cw-page">
      <PageHead title="SUS timetable" />
    </div>
  );
}
