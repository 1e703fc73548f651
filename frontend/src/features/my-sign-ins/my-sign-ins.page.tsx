import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instantNear } from "@/kit/dates.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { browserName } from "./browser.ts";
import { ChangePassword } from "./change-password.tsx";
import { endSignIn, mySignInsQuery, type SignIn, waysInQuery } from "./data.ts";

export default function MySignInsPage() {
  const queryClient = useQueryClient();
  const signIns = useQuery(mySignInsQuery);
  const waysIn = useQuery(waysInQuery);
  const end = useMutation({
    mutationFn: endSignIn,
    onSuccess: () => confirmDone("That browser is signed out"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: mySignInsQuery.queryKey }),
  });
  const columns: Column<SignIn>[] = [
    {
      key: "browser",
      heading: "Browser",
      rowHeading: true,
      cell: (signIn) => (
        <>
          <span title={signIn.browser ?? undefined}>{browserName(signIn.browser)}</span>{" "}
          {signIn.is_this ? <Tag tone="blue">this one</Tag> : null}
        </>
      ),
    },
    {
      key: "way",
      heading: "Signed in with",
      cell: (signIn) => (signIn.method === "local" ? "a password" : "the organisation"),
    },
    { key: "from", heading: "Since", align: "right", nowrap: true, cell: (signIn) => instantNear(signIn.created_at) },
    { key: "seen", heading: "Last used", align: "right", nowrap: true, cell: (signIn) => instantNear(signIn.seen_at) },
    {
      key: "until",
      heading: "Ends at the latest",
      align: "right",
      nowrap: true,
      cell: (signIn) => instantNear(signIn.expires_at),
    },
    {
      key: "act",
      heading: <span className="cw-hidden">What can be done</span>,
      cell: (signIn) =>
        signIn.is_this ? (
          <span className="cw-quiet">use Sign out</span>
        ) : (
          <Button look="link" busy={end.isPending} onClick={() => end.mutate(signIn.sign_in_id)}>
            Sign it out<span className="cw-hidden">: {browserName(signIn.browser)}</span>
          </Button>
        ),
    },
  ];
  return (
    <div className="cw-page">
      <PageHead
        title="My sign-ins"
        sub="Where you are signed in now. End any that is not yours, then tell your system administrator."
      />
      {signIns.isPending ? <SkeletonRows rows={3} /> : null}
      {signIns.isError ? <ErrorState error={signIns.error} onRetry={() => signIns.refetch()} /> : null}
      {end.isError ? <ErrorState error={end.error} /> : null}
      {signIns.data ? (
        <DataTable
          caption="Browsers where you are signed in"
          columns={columns}
          rows={signIns.data.items}
          keyOf={(signIn) => signIn.sign_in_id}
        />
      ) : null}
      {waysIn.data?.local_accounts ? <ChangePassword /> : null}
    </div>
  );
}
