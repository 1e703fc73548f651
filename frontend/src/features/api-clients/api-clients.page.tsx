import { PageHead } from "@/kit/bits.tsx";

export default function ApiClientsPage() {
  return (
    <div className="cw-page">
      <PageHead title="API clients" />
    </div>
  );
}
