import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { EmptyState } from "@/kit/states.tsx";

/** The home page of a clinician, for whom there is little here yet: it says what there is, and what there is not. */
export function OnlyCodes() {
  const may = useMay();
  return (
    <>
      <section aria-labelledby="here-title">
        <div className="cw-section__head">
          <h2 id="here-title">What you can do here</h2>
        </div>
        <ul className="cw-plain home__waiting">
          {may("code:search") ? (
            <li>
              <span>Look up what an ICD-10 or OPCS-4 code means, or find the code for a diagnosis or procedure</span>{" "}
              <Link to="/codes">Look up codes</Link>
            </li>
          ) : null}
          <li>
            <span>See where you are signed in, and end what is not yours</span>{" "}
            <Link to="/my-sign-ins">My sign-ins</Link>
          </li>
        </ul>
      </section>
      <EmptyState title="Nothing waits for you">
        <p>
          Coders’ questions to clinicians do not come through Codewell yet; they reach you as they did before. You do
          not see episodes or patients here; ask your coding manager if you need to.
        </p>
      </EmptyState>
    </>
  );
}
