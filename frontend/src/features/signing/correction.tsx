// A signed audit is opened again with a reason; the episodes named are decided anew.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Confirm } from "@/kit/confirm.tsx";
import { TextField } from "@/kit/field.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { SaidField } from "@/parts/wording.tsx";
import { openCorrection, type SignOff, settledQuery } from "./data.ts";
import { numbersOf } from "./numbers.ts";

export function Correction({
  at,
  external,
  onClose,
  onDone,
}: {
  at: SignOff;
  external: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const settled = useQuery({ ...settledQuery(at.audit_id), enabled: !external });
  const numbers = numbersOf(typed);
  const byNumber = new Map(settled.data?.map((item) => [item.no, item.item_id]));
  const unknown = numbers?.filter((no) => !byNumber.has(no)) ?? [];
  const open = useMutation({
    mutationFn: () => openCorrection(at, reason, numbers?.flatMap((no) => byNumber.get(no) ?? []) ?? []),
    onSuccess: () => {
      onDone();
      confirmDone("The audit is open for a correction");
      onClose();
    },
  });
  return (
    <Confirm
      title="Open a correction?"
      act="Open"
      danger={false}
      busy={open.isPending}
      error={open.error}
      refusal={
        reason.trim().length < 3
          ? "Say why"
          : numbers === null
            ? "Write the numbers as 3, 7-9"
            : unknown.length > 0
              ? `No settled episode has the number ${unknown[0]}`
              : null
      }
      onAct={() => open.mutate()}
      onClose={onClose}
    >
      <p>Version {at.signed_version} stays as it was signed. Signing again makes the next version, with this reason.</p>
      <SaidField label="Why it is corrected" value={reason} words={[]} onChange={setReason} />
      {external ? (
        <p className="cw-quiet">Findings are challenged on the import page, which opens their episode.</p>
      ) : (
        <TextField
          label="Episodes to decide anew"
          hint="By their number, as 3, 7-9. Others stay as they are."
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
    </Confirm>
  );
}
