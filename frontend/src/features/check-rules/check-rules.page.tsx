import { PageHead } from "@/kit/bits.tsx";

export default function CheckRulesPage() {
  return (
    <div className="cw-page">
      <PageHead title="Check rules" />
    </div>
  );
}
