import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { type FormEvent, useRef } from "react";
import { meQuery } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { Banner, ErrorState, ErrorSummary, SkeletonRows } from "@/kit/states.tsx";
import { optionsQuery, signIn } from "./data.ts";
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
  const options = useQuery(optionsQuery);
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
              <LocalForm primary={options.data.issuers.length === 0} demo={options.data.demo_sign_ins} />
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

function LocalForm({
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
  const refusal = useFormRefusal(["username", "password"]);
  const enter = useMutation({
    mutationFn: ({ username, password }: { username: string; password: string }) => signIn(username, password),
    onSuccess: async (me) => {
      // Nothing that another person looked at is left in memory.
      queryClient.clear();
      queryClient.setQueryData(meQuery.queryKey, me);
      if (after) router.history.push(after);
      else await navigate({ to: "/" });
    },
    onError: (error) => {
      refusal.refuse(error);
      // The name was likely right; a password is never mended, only typed again.
      const field = form.current?.elements.namedItem("password");
      if (field instanceof HTMLInputElement) field.value = "";
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const username = String(data.get("username") ?? "").trim();
    const password = String(data.get("password") ?? "");
    const missing = {
      ...(username ? null : { username: "Enter your user name" }),
      ...(password ? null : { password: "Enter your password" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    enter.mutate({ username, password });
  };

  return (
    <>
      <ErrorSummary errors={refusal.summary} />
      <form className="cw-form" ref={form} onSubmit={submit} noValidate>
        <TextField
          id={refusal.idOf("username")}
          name="username"
          label="User name"
          autoComplete="username"
          autoFocus
          error={refusal.errorOf("username")}
        />
        <TextField
          id={refusal.idOf("password")}
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          error={refusal.errorOf("password")}
        />
        <div className="cw-form__actions">
          <Button type="submit" look={primary ? "primary" : "quiet"} busy={enter.isPending}>
            {enter.isPending ? "Signing in" : "Sign in"}
          </Button>
        </div>
      </form>
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
