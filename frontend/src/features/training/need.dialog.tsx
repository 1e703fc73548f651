import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Facts, None, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { day, instant } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { TextArea } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { Codes } from "./codes.tsx";
import { type Need, putNeed } from "./data.ts";
import { needStates } from "./words.ts";

/** One need: what stands behind it, and what somebody makes of it. */
export function NeedDialog({ need, onClose }: { need: Need; onClose: () => void }) {
  const client = useQueryClient();
  const [note, setNote] = useState(need.note);
  const put = useMutation({
    mutationFn: (state: "open" | "planned" | "met") => putNeed(need, { state, note: note.trim() }),
    onSuccess: (now) => {
      void client.invalidateQueries({ queryKey: ["list_learning_needs"] });
      void client.invalidateQueries({ queryKey: ["list_my_learning_needs"] });
      confirmDone(`The need is ${needStates[now.state].label}`);
      onClose();
    },
  });
  const silent = note.trim().length < 3 ? "Say what was arranged or done" : null;
  const act = (state: "open" | "planned" | "met", label: string, primary = false) => (
    <Button
      look={primary ? "primary" : "quiet"}
      busy={put.isPending && put.variables === state}
      refusal={whyNot(need.can[state]) ?? silent}
      onClick={() => put.mutate(state)}
    >
      {label}
    </Button>
  );
  return (
    <Dialog
      title={`${need.standard || "A finding without a standard"}: ${need.coder_name}`}
      onClose={onClose}
      foot={
        <>
          {act("planned", "It is planned", true)}
          {act("met", "It is met")}
          {need.state === "open" ? null : act("open", "Open it again")}
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <div className="cw-stack">
        {put.isError ? (
          <Banner kind="error">
            <strong>{refusalOf(put.error).title}.</strong> {refusalOf(put.error).detail}
          </Banner>
        ) : null}
        <Facts
          items={[
            [
              "Stands",
              <>
                <Tag tone={needStates[need.state].tone}>{needStates[need.state].label}</Tag>{" "}
                {need.decided_by ? (
                  <span className="cw-quiet">
                    {need.decided_by}, {instant(need.decided_at)}
                  </span>
                ) : null}
              </>,
            ],
            need.standard_title ? ["Standard", need.standard_title] : null,
            ["Error", `${need.error_label}, ${need.class_label.toLowerCase()}`],
            [
              "Found",
              `${counted(need.findings, "time")}, ${day(need.first_on)}${
                need.first_on === need.last_on ? "" : ` to ${day(need.last_on)}`
              }`,
            ],
            ["Codes", <Codes key="codes" need={need} most={20} />],
            [
              "Audits",
              need.audits.length > 0 ? (
                <ul className="cw-list">
                  {need.audits.map((audit) => (
                    <li key={audit.audit_id}>
                      <Link to="/audits/$auditId" params={{ auditId: audit.audit_id }}>
                        {audit.reference}
                      </Link>{" "}
                      {audit.title}
                    </li>
                  ))}
                </ul>
              ) : (
                <None>not shown</None>
              ),
            ],
          ]}
        />
        <TextArea
          label="What was arranged or done"
          value={note}
          maxLength={2000}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
