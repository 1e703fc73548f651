import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { Button } from "@/kit/button.tsx";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { ErrorSummary } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { changePassword, mySignInsQuery } from "./data.ts";

export function ChangePassword() {
  const form = useRef<HTMLFormElement>(null);
  const queryClient = useQueryClient();
  const refusal = useFormRefusal(["current", "new"]);
  const change = useMutation({
    mutationFn: ({ current, wanted }: { current: string; wanted: string }) => changePassword(current, wanted),
    onError: refusal.refuse,
    onSuccess: () => {
      form.current?.reset();
      confirmDone("Your password is changed; other browsers are signed out");
      void queryClient.invalidateQueries({ queryKey: mySignInsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const current = String(data.get("current") ?? "");
    const wanted = String(data.get("new") ?? "");
    const missing = {
      ...(current ? null : { current: "Enter the password that you have" }),
      ...(wanted ? null : { new: "Enter a new password" }),
    };
    if (Object.keys(missing).length > 0) return refusal.complain(missing);
    refusal.clear();
    change.mutate({ current, wanted });
  };
  return (
    <section className="cw-section" aria-labelledby="password-title">
      <h2 id="password-title">Change your password</h2>
      <form ref={form} className="cw-form" onSubmit={submit} noValidate>
        <ErrorSummary errors={refusal.summary} />
        <TextField
          id={refusal.idOf("current")}
          name="current"
          type="password"
          label="Password that you have"
          autoComplete="current-password"
          width="medium"
          error={refusal.errorOf("current")}
        />
        <TextField
          id={refusal.idOf("new")}
          name="new"
          type="password"
          label="New password"
          hint="12 characters or more; three random words are good"
          autoComplete="new-password"
          width="medium"
          error={refusal.errorOf("new")}
        />
        <div className="cw-form__actions">
          <Button type="submit" busy={change.isPending}>
            Change it
          </Button>
        </div>
      </form>
    </section>
  );
}
