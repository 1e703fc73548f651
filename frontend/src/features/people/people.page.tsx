import { PageHead } from "@/kit/bits.tsx";

export default function PeoplePage() {
  return (
    <div className="cw-page">
      <PageHead title="People" />
    </div>
  );
}
