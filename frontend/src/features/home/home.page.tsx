import { PageHead } from "@/kit/bits.tsx";

export default function HomePage() {
  return (
    <div className="cw-page">
      <PageHead title="Home" />
    </div>
  );
}
