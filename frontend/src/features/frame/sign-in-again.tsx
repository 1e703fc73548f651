// The sign-in ended while someone worked. The page stays in memory behind a cover; whoever was signed in signs in here
// and goes on, what could not be saved is sent then, and for anybody else the page is left.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Me, meQuery } from "@/api/me.ts";
import { anyUnsaved, type EndCause, signedInAgain } from "@/api/sign-in-end.ts";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { ErrorState } from "@/kit/states.tsx";
import { signInOptionsQuery } from "@/parts/sign-in/data.ts";
import { LocalForm } from "@/parts/sign-in/local-form.tsx";
import { askMe } from "./data.ts";

const QUIET_MS = 1000;

const causes: Record<EndCause, string> = {
  idle: "You were signed out because nothing was done for a while.",
  limit: "Your sign-in has reached the longest time that one lasts.",
  elsewhere: "Your sign-in was ended outside this page, for example in another window or by an administrator.",
};

export function SignInAgain({
  me,
  cause,
  onOther,
  onLeave,
}: {
  me: Me;
  cause: EndCause;
  /** Another person signed in: this page is not theirs. */
  onOther: () => void;
  onLeave: () => void;
}) {
  const queryClient = useQueryClient();
  const options = useQuery(signInOptionsQuery);
  const quiet = useQuiet();
  const form = useRef<HTMLFormElement>(null);
  const unsaved = anyUnsaved();

  const goOn = (now: Me) => {
    if (now.person_id !== me.person_id) {
      signedInAgain(false);
      return onOther();
    }
    queryClient.setQueryData(meQuery.queryKey, now);
    signedInAgain(true);
    // What was refused meanwhile is asked again; what stands on the page stays as it is.
    void queryClient.refetchQueries({ predicate: (query) => query.state.status === "error" });
  };
  // The sign-in of the organisation, or another window: looked for when the person comes back to this one.
  const latest = useRef(goOn);
  latest.current = goOn;
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      const now = await askMe();
      if (now) latest.current(now);
    };
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  const local = options.data?.local_accounts === true;
  useEffect(() => {
    if (!quiet || !local) return;
    const field = form.current?.elements.namedItem("username");
    if (field instanceof HTMLInputElement && !form.current?.contains(document.activeElement)) field.focus();
  }, [quiet, local]);

  return (
    <Dialog title="Sign in again to go on" size="small" cover closable={false} onClose={() => undefined}>
      <div className="cw-stack">
        <p tabIndex={-1} data-autofocus>
          {causes[cause]}{" "}
          {unsaved
            ? `What you typed last is not saved yet. It is kept on this page, and saved when you, ${me.name}, sign in again.`
            : `The page is kept as it is for you, ${me.name}.`}
        </p>
        {options.isError ? <ErrorState error={options.error} onRetry={() => options.refetch()} /> : null}
        {options.data?.issuers.map((issuer) => (
          <a
            key={issuer.issuer_id}
            className="cw-button cw-button--primary"
            href={`/api/v1/sign-in/oidc/${encodeURIComponent(issuer.issuer_id)}/start?after=${encodeURIComponent("/")}`}
            target="_blank"
            rel="noopener"
          >
            Sign in with {issuer.label} (opens a new tab; come back here after)
          </a>
        ))}
        {local ? (
          <LocalForm
            form={form}
            label="Sign in again"
            action="Sign in and go on"
            readOnly={!quiet}
            onEntered={goOn}
            beside={<Button onClick={onLeave}>{unsaved ? "Leave without saving" : "Leave this page"}</Button>}
          />
        ) : (
          <p>
            <Button onClick={onLeave}>{unsaved ? "Leave without saving" : "Leave this page"}</Button>
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** True after a second without a key: what someone is still typing into the page must not land in a password. */
function useQuiet(): boolean {
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    if (quiet) return;
    const hush = () => setQuiet(true);
    let timer = setTimeout(hush, QUIET_MS);
    const swallow = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(timer);
      timer = setTimeout(hush, QUIET_MS);
    };
    document.addEventListener("keydown", swallow, { capture: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", swallow, { capture: true });
    };
  }, [quiet]);
  return quiet;
}
