import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { FormDialog } from "@/kit/form-dialog.tsx";
import { Banner } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { dismissFault, type Fault, retryFault } from "./data.ts";

function useForget() {
  const queryClient = useQueryClient();
  return () => {
    for (const key of ["list_faults", "list_fault_groups", "list_reasons", "count_work_items", "list_work_items"]) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
  };
}

/** Sends it through again, with the fields that were wrong put right by hand. */
export function RetryFault({ fault, onClose }: { fault: Fault; onClose: () => void }) {
  const forget = useForget();
  const wrong = [...new Set(fault.errors.map((error) => error.field))].filter((field) => field !== "");
  const refusal = useFormRefusal(["changes"]);
  const [still, setStill] = useState<Fault["errors"]>([]);
  const retry = useMutation({
    mutationFn: (changes: Record<string, string | null>) => retryFault(fault.fault_id, changes),
    onError: refusal.refuse,
    onSuccess: (outcome) => {
      if (outcome.outcome === "rejected" || outcome.outcome === "quarantined") return setStill(outcome.errors);
      forget();
      confirmDone(`It is in now (${outcome.outcome.replaceAll("_", " ")})`);
      onClose();
    },
  });
  const submit = (data: FormData) => {
    const changes: Record<string, string | null> = {};
    for (const field of wrong) {
      const typed = String(data.get(field) ?? "").trim();
      if (typed !== "") changes[field] = typed;
    }
    refusal.clear();
    setStill([]);
    retry.mutate(changes);
  };
  return (
    <FormDialog
      title="Try again"
      onClose={onClose}
      act="Try again"
      busy={retry.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      {still.length > 0 ? (
        <Banner kind="error">
          <strong>It still cannot be taken.</strong>{" "}
          {still.map((error) => `${error.field}: ${error.reason} ${error.what_to_do}`).join(" ")}
        </Banner>
      ) : null}
      <p className="cw-quiet">
        Left empty, a field stays as it came: right after a column mapping was mended, or what it refers to has arrived.
      </p>
      {wrong.map((field) => {
        const error = fault.errors.find((each) => each.field === field);
        return (
          <TextField
            key={field}
            name={field}
            label={field.replaceAll("_", " ")}
            hint={error ? `${error.reason} ${error.what_to_do}` : undefined}
            maxLength={200}
            mono
          />
        );
      })}
    </FormDialog>
  );
}

export function DismissFault({ fault, onClose }: { fault: Fault; onClose: () => void }) {
  const forget = useForget();
  const refusal = useFormRefusal(["reason"]);
  const dismiss = useMutation({
    mutationFn: (reason: string) => dismissFault(fault.fault_id, reason),
    onError: refusal.refuse,
    onSuccess: () => {
      forget();
      confirmDone("Dismissed");
      onClose();
    },
  });
  const submit = (data: FormData) => {
    const reason = String(data.get("reason") ?? "").trim();
    if (!reason) return refusal.complain({ reason: "Say why it needs nothing more" });
    dismiss.mutate(reason);
  };
  return (
    <FormDialog
      title="Dismiss"
      size="small"
      onClose={onClose}
      act="Dismiss"
      busy={dismiss.isPending}
      errors={refusal.summary}
      onSubmit={submit}
    >
      <p>It is not taken in. It stays on record with your reason.</p>
      <TextField
        id={refusal.idOf("reason")}
        name="reason"
        label="Why it needs nothing more"
        maxLength={100}
        error={refusal.errorOf("reason")}
      />
    </FormDialog>
  );
}
