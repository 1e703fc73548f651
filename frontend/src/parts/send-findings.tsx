// Sending decided episodes' findings to their coders, from wherever an auditor looks for it.
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "@/api/client.ts";
import { Button, type ButtonProps } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { counted } from "@/kit/numbers.ts";
import { confirmDone } from "@/kit/toast.tsx";

export function signOffQuery(auditId: string) {
  return queryOptions({
    queryKey: ["see_sign_off", auditId],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/audits/{audit_id}/sign-off", { params: { path: { audit_id: auditId } }, signal })),
  });
}

/** Asks anew what is told of an audit, once something of it was coded, decided, sent, signed or corrected. */
export function refreshAudit(client: QueryClient, auditId: string): void {
  for (const key of [
    ["see_sign_off", auditId],
    ["see_audit", auditId],
    ["list_signatures", auditId],
    ["list_amendments", auditId],
    ["list_audit_items", auditId],
    ["list_audits"],
  ])
    void client.invalidateQueries({ queryKey: key });
}

export function useAuditMoved(auditId: string) {
  const client = useQueryClient();
  return () => refreshAudit(client, auditId);
}

export function SendFindings({ auditId, ...look }: { auditId: string } & Pick<ButtonProps, "look" | "small">) {
  const at = useQuery(signOffQuery(auditId));
  const [asking, setAsking] = useState(false);
  const moved = useAuditMoved(auditId);
  const send = useMutation({
    mutationFn: () =>
      answer(api.POST("/api/v1/audits/{audit_id}/send-findings", { params: { path: { audit_id: auditId } } })),
    onSuccess: (made) => {
      moved();
      setAsking(false);
      confirmDone(
        `${counted(made.findings, "finding")} of ${counted(made.sent, "episode")} sent, ${counted(made.settled, "episode")} settled at once${made.to_rule > 0 ? `, ${counted(made.to_rule, "finding")} to be ruled on again` : ""}`,
      );
    },
  });
  const waiting = at.data?.open.find((thing) => thing.what === "to_send")?.count ?? 0;
  return (
    <>
      <Button {...look} refusal={at.data ? whyNot(at.data.can.send_findings) : null} onClick={() => setAsking(true)}>
        Send the findings
      </Button>
      {asking ? (
        <Confirm
          title="Send the findings to their coders?"
          act="Send"
          danger={false}
          busy={send.isPending}
          error={send.error}
          onAct={() => send.mutate()}
          onClose={() => setAsking(false)}
        >
          <p>
            {waiting > 0 ? `${counted(waiting, "episode")} ${waiting === 1 ? "is" : "are"} decided. ` : ""}Each coder is
            shown the findings about their own coding, and agrees or disputes. Episodes without a coder's error are
            settled at once. What is decided later is sent by sending again.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
