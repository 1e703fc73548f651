// Codes of the spell's other episodes and of earlier ones, to choose from: only what this record supports is coded.
import { useQueries } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";
import { Checkbox, Fieldset } from "@/kit/field.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { dotted, type ListName } from "@/parts/coding/codes.ts";
import type { WireLine } from "@/parts/coding/grid.ts";
import type { CodingPage, Workbench } from "@/parts/coding/wire.ts";
import { codingsQuery } from "./data.ts";

type Choice = { id: string; list: ListName; code: string; title: string | null };
type Source = { name: string; choices: Choice[] };

export function CopyDialog({
  wb,
  have,
  onClose,
  onCopy,
}: {
  wb: Workbench;
  have: (list: ListName, code: string) => boolean;
  onClose: () => void;
  onCopy: (list: ListName, lines: readonly WireLine[], from: string) => void;
}) {
  const others = wb.spell.filter((fce) => !fce.is_this && fce.coding_state !== "uncoded");
  const answers = useQueries({ queries: others.map((fce) => codingsQuery(fce.episode_id)) });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const sources: Source[] = [
    ...others.flatMap((fce, at) => {
      const newest = (answers[at]?.data as CodingPage | undefined)?.items[0];
      if (!newest) return [];
      const name = `FCE ${fce.episode_number} of this spell`;
      return [
        {
          name,
          choices: [
            ...choicesOf(name, "diagnoses", newest.diagnoses),
            ...choicesOf(name, "procedures", newest.procedures),
          ],
        },
      ];
    }),
    ...earlierSpells(wb),
  ];
  const copy = (event: FormEvent) => {
    event.preventDefault();
    for (const source of sources) {
      for (const list of ["diagnoses", "procedures"] as const) {
        const lines = source.choices.filter((choice) => choice.list === list && chosen.has(choice.id));
        if (lines.length > 0)
          onCopy(
            list,
            lines.map(({ code }) => ({ code })),
            source.name,
          );
      }
    }
    onClose();
  };
  const pending = answers.some((answer) => answer.isPending);
  const failed = answers.find((answer) => answer.isError);
  if (sources.length === 0 && !pending && !failed) {
    return (
      <Dialog
        title="Copy codes from an earlier episode"
        onClose={onClose}
        foot={
          <Button look="primary" onClick={onClose}>
            Back to the codes
          </Button>
        }
      >
        <EmptyState title="There is no coded episode to copy from">
          <p>
            {others.length === 0 && wb.spell.length > 1
              ? "No other episode of this spell is coded yet, and"
              : "This spell has no other coded episode, and"}{" "}
            no spell of this patient in the two years before it has codes. Code from this episode’s own record: type a
            code or words, or paste a list with Control V.
          </p>
        </EmptyState>
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Copy codes from an earlier episode"
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button look="primary" type="submit" form="copy" refusal={chosen.size === 0 ? "Choose a code first" : null}>
            {chosen.size === 0 ? "Copy" : `Copy ${chosen.size} ${chosen.size === 1 ? "code" : "codes"}`}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id="copy" className="cw-stack" onSubmit={copy}>
        <p>Only code what this episode’s record supports.</p>
        {pending ? <SkeletonRows rows={3} label="Loading the earlier codes" /> : null}
        {failed ? <ErrorState error={failed.error} onRetry={() => failed.refetch()} /> : null}
        {sources.map((source) => (
          <Fieldset key={source.name} legend={source.name}>
            {source.choices.map((choice) => (
              <Checkbox
                key={choice.id}
                label={
                  <>
                    <span className="cw-mono">{dotted(choice.code)}</span> {choice.title}{" "}
                    {choice.list === "procedures" ? <span className="cw-quiet">OPCS-4 </span> : null}
                    {have(choice.list, choice.code) ? <span className="cw-quiet"> in your list</span> : null}
                  </>
                }
                disabled={have(choice.list, choice.code)}
                checked={chosen.has(choice.id)}
                onChange={() => {
                  const next = new Set(chosen);
                  if (!next.delete(choice.id)) next.add(choice.id);
                  setChosen(next);
                }}
              />
            ))}
          </Fieldset>
        ))}
      </form>
    </Dialog>
  );
}

function choicesOf(source: string, list: ListName, lines: readonly { code: string; title: string | null }[]): Choice[] {
  return lines.map((line) => ({ id: `${source}:${list}:${line.code}`, list, code: line.code, title: line.title }));
}

function earlierSpells(wb: Workbench): Source[] {
  return wb.earlier.map((episode) => {
    const name = `${day(episode.ended_on)}${episode.specialty?.name ? `, ${episode.specialty.name}` : ""}`;
    return {
      name,
      choices: [
        ...choicesOf(name, "diagnoses", episode.diagnoses),
        ...choicesOf(name, "procedures", episode.procedures),
      ],
    };
  });
}
