import { PageHead } from "@/kit/bits.tsx";

export default function PersonPage() {
  return (
    <div className="cw-page">
      <PageHead title="Person" />
    </div>
  );
}
