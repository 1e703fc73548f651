import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PageHead } from "@/kit/bits.tsx";

/** Outside the frame, where nothing else is on the page. */
export function NotFoundPage() {
  return (
    <main id="main" tabIndex={-1}>
      <NoSuchPage />
    </main>
  );
}

/** One sentence for an address that names nothing, and the ways on from it. */
export function NoSuchPage({ what = "page", back }: { what?: string; back?: ReactNode }) {
  return (
    <div className="cw-page">
      <PageHead title={`There is no such ${what}`} />
      <p className="cw-prose">
        The address may be mistyped, or what it named is not there any more. {back ? <>{back}, or </> : null}
        <Link to="/">{back ? "go to the home page" : "Go to the home page"}</Link>.
      </p>
    </div>
  );
}
