// User name and password, with what is wrong with them: the sign-in page's, and the cover's over work that was begun.
import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode, RefObject } from "react";
import type { Me } from "@/api/me.ts";
import { Button } from "@/kit/button.tsx";
import { TextField } from "@/kit/field.tsx";
import { useFormRefusal } from "@/kit/form.ts";
import { ErrorSummary } from "@/kit/states.tsx";
import { signIn } from "./data.ts";

export function LocalForm({
  form,
  label,
  action,
  look = "primary",
  readOnly = false,
  autoFocus = false,
  beside,
  onEntered,
}: {
  form: RefObject<HTMLFormElement | null>;
  /** Names the form where it is not the page's only one. */
  label?: string;
  /** What its button says. */
  action: string;
  look?: "primary" | "quiet";
  readOnly?: boolean;
  autoFocus?: boolean;
  /** What stands beside its button. */
  beside?: ReactNode;
  onEntered: (me: Me) => unknown;
}) {
  const refusal = useFormRefusal(["username", "password"]);
  const enter = useMutation({
    mutationFn: ({ username, password }: { username: string; password: string }) => signIn(username, password),
    onSuccess: onEntered,
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
      <form className="cw-form" ref={form} onSubmit={submit} noValidate aria-label={label}>
        <TextField
          id={refusal.idOf("username")}
          name="username"
          label="User name"
          autoComplete="username"
          autoFocus={autoFocus}
          readOnly={readOnly}
          error={refusal.errorOf("username")}
        />
        <TextField
          id={refusal.idOf("password")}
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          readOnly={readOnly}
          error={refusal.errorOf("password")}
        />
        <div className="cw-form__actions">
          <Button type="submit" look={look} busy={enter.isPending}>
            {enter.isPending ? "Signing in" : action}
          </Button>
          {beside}
        </div>
      </form>
    </>
  );
}
