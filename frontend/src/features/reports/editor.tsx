// The narrative, block by block: the draft made from the figures, and what somebody made of it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { instant } from "@/kit/dates.ts";
import { TextArea } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { Banner, refusalOf, StaleState } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { type Block, type Edit, type Report, saveBlocks } from "./data.ts";

export type Texts = Readonly<Record<string, string>>;

export function Editor({
  report,
  open,
  onOpen,
  typed,
  onTyped: setTyped,
}: {
  report: Report;
  /** The key of the block that is open. */
  open: string | null;
  onOpen: (key: string | null) => void;
  /** What is typed and not saved; the page holds it, so that it outlives a look at another tab. */
  typed: Texts;
  onTyped: (change: (now: Texts) => Texts) => void;
}) {
  const client = useQueryClient();
  const changed = report.blocks.filter((block) => typed[block.key] !== undefined && typed[block.key] !== block.text);
  const save = useMutation({
    mutationFn: (blocks: Edit[]) => saveBlocks(report, blocks),
    onSuccess: (saved, blocks) => {
      client.setQueryData(["see_report", report.audit_id], saved);
      void client.invalidateQueries({ queryKey: ["list_report_versions", report.audit_id] });
      // What was typed in other blocks meanwhile stays.
      setTyped((now) => Object.fromEntries(Object.entries(now).filter(([key]) => !blocks.some((b) => b.key === key))));
      confirmDone(`Saved as version ${saved.version}`);
    },
  });
  useStay(changed.length > 0);
  const refusal = whyNot(report.can.edit);
  const stale = save.error && refusalOf(save.error).status === 412;
  return (
    <section className="cw-stack" aria-label="Narrative">
      <p className="cw-quiet">
        Each block begins as a draft made from the figures. Blank lines part paragraphs; lines that begin with “- ” are
        points.
      </p>
      {stale ? (
        <StaleState
          onReload={() => {
            save.reset();
            void client.invalidateQueries({ queryKey: ["see_report", report.audit_id] });
          }}
        >
          Somebody saved another version meanwhile. What you typed stays here.
        </StaleState>
      ) : null}
      {save.error && !stale ? <Refused error={save.error} blocks={report.blocks} sent={save.variables ?? []} /> : null}
      <ul className="rp-blocks">
        {report.blocks.map((block) => (
          <BlockOf
            key={block.key}
            block={block}
            text={typed[block.key] ?? block.text}
            open={open === block.key}
            refusal={refusal}
            busy={save.isPending}
            onOpen={() => onOpen(open === block.key ? null : block.key)}
            onType={(text) => setTyped((now) => ({ ...now, [block.key]: text }))}
            onDraft={() => save.mutate([{ key: block.key, text: null }])}
          />
        ))}
      </ul>
      <div className="rp-save">
        <Button
          look="primary"
          busy={save.isPending}
          refusal={refusal ?? (changed.length === 0 ? "Nothing has been changed" : null)}
          onClick={() => save.mutate(changed.map((block) => ({ key: block.key, text: typed[block.key] ?? "" })))}
        >
          Save
        </Button>
        <span className="cw-quiet" role="status">
          {changed.length > 0
            ? `${counted(changed.length, "block")} changed and not saved`
            : report.version > 0
              ? `Version ${report.version}`
              : "All blocks are drafts"}
        </span>
      </div>
    </section>
  );
}

function BlockOf({
  block,
  text,
  open,
  refusal,
  busy,
  onOpen,
  onType,
  onDraft,
}: {
  block: Block;
  text: string;
  open: boolean;
  refusal: string | null;
  busy: boolean;
  onOpen: () => void;
  onType: (text: string) => void;
  onDraft: () => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (open) area.current?.focus();
  }, [open]);
  return (
    <li className="rp-block">
      <h2>
        <button type="button" aria-expanded={open} onClick={onOpen}>
          <span>{block.title}</span>
          {block.figures_changed ? (
            <Tag tone="amber">figures changed</Tag>
          ) : block.edited ? (
            <Tag tone="blue">edited</Tag>
          ) : (
            <Tag>draft</Tag>
          )}
        </button>
      </h2>
      {open ? (
        <div className="rp-block__body">
          {block.figures_changed ? (
            <Banner kind="warn">The figures have changed since this was edited. Read the new draft below.</Banner>
          ) : null}
          {block.edited_at ? (
            <p className="cw-quiet cw-small">
              Edited by {block.edited_by_name}, {instant(block.edited_at)}
            </p>
          ) : null}
          <TextArea
            ref={area}
            label={block.title}
            labelHidden
            rows={Math.min(18, Math.max(6, Math.ceil(text.length / 60) + text.split("\n").length))}
            value={text}
            maxLength={20_000}
            readOnly={refusal !== null}
            onChange={(event) => onType(event.target.value)}
          />
          {block.edited ? (
            <details className="cw-details" open={block.figures_changed}>
              <summary>{block.figures_changed ? "The new draft" : "The draft"}</summary>
              <div className="cw-details__body rp-draft">{block.draft}</div>
            </details>
          ) : null}
          {block.edited ? (
            <Button small refusal={refusal} busy={busy} onClick={onDraft}>
              {block.figures_changed ? "Take the new draft" : "Take the draft again"}
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

function Refused({ error, blocks, sent }: { error: unknown; blocks: readonly Block[]; sent: readonly Edit[] }) {
  const refusal = refusalOf(error) as ReturnType<typeof refusalOf> & {
    errors?: readonly { pointer: string; detail: string }[];
  };
  return (
    <Banner kind="error">
      <strong>{refusal.title}.</strong>{" "}
      {refusal.errors?.length
        ? refusal.errors.map(({ pointer, detail }) => {
            const key = sent[Number(pointer.split("/")[3])]?.key;
            const title = blocks.find((block) => block.key === key)?.title ?? "A block";
            return (
              <span key={pointer}>
                {title} {detail}.{" "}
              </span>
            );
          })
        : refusal.detail}
    </Banner>
  );
}

/** The browser asks before what was typed is lost. */
function useStay(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
}
