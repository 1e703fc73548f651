import { PageHead } from "@/kit/bits.tsx";

export default function MySignInsPage() {
  return (
    <div className="cw-page">
      <PageHead title="My sign-ins" />
    </div>
  );
}
