import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { useRef } from "react";
import { type Me, meQuery } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { signInOptionsQuery } from "@/parts/sign-in/data.ts";
import { LocalForm } from "@/parts/sign-in/local-form.tsx";
import { DemoAccounts } from "./demo-accounts.tsx";
import "./sign-in.scss";

const route = getRouteApi("/sign-in");

const ended = {
  idle: "You were signed out because nothing was done for a while. Drafts are kept.",
  out: "You are signed out.",
};

/** Why a sign-in through the organisation did not go through. */
const reasons = {
  unavailable: "Your organisation's sign-in cannot be reached now. Try again in a few minutes.",
  expired: "That took too long, or was begun in another window. Try again.",
  cancelled: "The sign-in was cancelled.",
  refused: "Your organisation's sign-in did not prove who you are. Try again, or tell your system administrator.",
  unknown: "Codewell does not know this account yet.",
  closed: "This account may not sign in. Ask your coding manager.",
};

export default function SignInPage() {
  const search = route.useSearch();
  const options = useQuery(signInOptionsQuery);
  return (
    <div className="signin">
      <header className="signin__top">
        <span className="cw-top__name">Codewell</span>
      </header>
      <main className="signin__main" id="main" tabIndex={-1}>
        <div className="signin__panel">
          <PageHead title="Sign in" />
          <div className="cw-stack cw-stack--wide">
            <Ended />
            {options.isPending ? <SkeletonRows rows={4} /> : null}
            {options.isError ? <ErrorState error={options.error} onRetry={() => options.refetch()} /> : null}
            {options.data?.issuers.map((issuer) => (
              <a
                key={issuer.issuer_id}
                className="cw-button cw-button--primary signin__issuer"
                href={`/api/v1/sign-in/oidc/${encodeURIComponent(issuer.issuer_id)}/start?after=${encodeURIComponent(search.after ?? "/")}`}
              >
                Sign in with {issuer.label}
              </a>
            ))}
            {options.data?.local_accounts ? (
              <LocalSignIn primary={options.data.issuers.length === 0} demo={options.data.demo_sign_ins} />
            ) : null}
          </div>
        </div>
      </main>
    </div>
  );
}

function Ended() {
  const search = route.useSearch();
  if (!search.ended) return null;
  if (search.ended !== "oidc") return <Banner>{ended[search.ended]}</Banner>;
  return (
    <Banner kind="error">
      {reasons[search.reason ?? "refused"]}
      {search.reference ? (
        <>
          {" "}
          Give this reference to your coding manager, who can add you:{" "}
          <strong className="cw-mono">{search.reference}</strong>
        </>
      ) : null}
    </Banner>
  );
}

function LocalSignIn({
  primary,
  demo,
}: {
  primary: boolean;
  demo: readonly { username: string; password: string; role: string }[];
}) {
  const { after } = route.useSearch();
  const router = useRouter();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const entered = async (me: Me) => {
    // Nothing that another person looked at is left in memory.
    queryClient.clear();
    queryClient.setQueryData(meQuery.queryKey, me);
    if (after) router.history.push(after);
    else await navigate({ to: "/" });
  };
  return (
    <>
      <LocalForm form={form} action="Sign in" look={primary ? "primary" : "quiet"} autoFocus onEntered={entered} />
      {demo.length > 0 ? (
        <DemoAccounts
          accounts={demo}
          onPick={(account) => {
            const fields = form.current?.elements;
            (fields?.namedItem("username") as HTMLInputElement).value = account.username;
            (fields?.namedItem("password") as HTMLInputElement).value = account.password;
            form.current?.requestSubmit();
          }}
        />
      ) : null}
    </>
  );
}
