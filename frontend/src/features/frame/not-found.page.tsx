import { Link } from "@tanstack/react-router";
import { PageHead } from "@/kit/bits.tsx";

export function NotFoundPage() {
  return (
    <main className="cw-page" id="main" tabIndex={-1}>
      <PageHead title="There is no such page" />
      <p className="cw-prose">
        The address may be mistyped, or what it named is not there any more. <Link to="/">Go to the home page</Link>.
      </p>
    </main>
  );
}
