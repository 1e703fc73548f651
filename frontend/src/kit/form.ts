// A form and its refusals: errors that point at a field go to the field and to the summary; others stand above the form.
import { useCallback, useEffect, useId, useState } from "react";
import { onHeld } from "./held.ts";
import type { SummaryError } from "./states.tsx";

type Pointed = { pointer: string; detail: string };

type Refused = { title?: unknown; detail?: unknown; reference?: unknown; errors?: readonly Pointed[] };

export type FormRefusal<Name extends string> = {
  idOf: (name: Name) => string;
  errorOf: (name: Name) => string | undefined;
  /** For the error summary; empty when nothing is wrong. */
  summary: readonly SummaryError[];
  /** Takes what the server refused. */
  refuse: (error: unknown) => void;
  /** Says what is wrong before the server is asked: something left empty. */
  complain: (errors: Partial<Record<Name, string>>) => void;
  clear: () => void;
};

type State<Name extends string> = {
  fields: Partial<Record<Name, string>>;
  summary: readonly SummaryError[];
  /** The attempt that its own fields held back. */
  held?: number;
};

export function useFormRefusal<Name extends string>(names: readonly Name[]): FormRefusal<Name> {
  const form = useId();
  const [state, setState] = useState<State<Name>>({ fields: {}, summary: [] });
  const idOf = useCallback((name: Name) => `${form}-${name}`, [form]);
  const known = names.join(" ");

  // What an earlier attempt was refused for may be mended by now; the field itself shows what it is held for.
  useEffect(
    () =>
      onHeld(({ sent, text, fieldId }) => {
        if (!fieldId.startsWith(`${form}-`)) return;
        setState((was) => ({
          fields: {},
          summary: [...(was.held === sent ? was.summary : []), { text, fieldId }],
          held: sent,
        }));
      }),
    [form],
  );

  const refuse = useCallback(
    (error: unknown) => {
      const refused = (error ?? {}) as Refused;
      const fields: Partial<Record<Name, string>> = {};
      const summary: SummaryError[] = [];
      for (const { pointer, detail } of refused.errors ?? []) {
        const name = known.split(" ").find((each) => pointer.split("/").includes(each)) as Name | undefined;
        if (name && !fields[name]) fields[name] = sentence(detail);
        summary.push({ text: sentence(detail), fieldId: name ? idOf(name) : undefined });
      }
      if (summary.length === 0) {
        const words = [refused.title, refused.detail === refused.title ? null : refused.detail]
          .filter(Boolean)
          .join(". ");
        const reference = refused.reference ? ` (reference ${String(refused.reference)})` : "";
        summary.push({ text: `${words || "Something went wrong on this page"}${reference}` });
      }
      setState({ fields, summary });
    },
    [idOf, known],
  );

  const complain = useCallback(
    (errors: Partial<Record<Name, string>>) => {
      const summary = (Object.entries(errors) as [Name, string][]).map(([name, text]) => ({
        text,
        fieldId: idOf(name),
      }));
      setState({ fields: errors, summary });
    },
    [idOf],
  );

  const clear = useCallback(() => setState({ fields: {}, summary: [] }), []);
  return { idOf, errorOf: (name) => state.fields[name], summary: state.summary, refuse, complain, clear };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
