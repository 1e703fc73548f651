import { PageHead } from "@/kit/bits.tsx";

export default function SignInPage() {
  return (
    <div className="cw-page">
      <PageHead title="Sign in" />
    </div>
  );
}
