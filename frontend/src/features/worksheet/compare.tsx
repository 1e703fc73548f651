// Both lists side by side, line by line, and what is made of each difference: by keyboard alone.
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { classes } from "@/kit/classes.ts";
import { dayShort } from "@/kit/dates.ts";
import { useListedKeys } from "@/kit/keyboard.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { Documents } from "@/parts/coding/documents.tsx";
import { Keys } from "@/parts/coding/keys.tsx";
import { useSay } from "@/parts/coding/say.ts";
import { finishItem, type Position, type Worksheet } from "./data.ts";
import { type Act, act, nextOpen, whole } from "./decide.ts";
import { type Mode, Panel } from "./panel.tsx";
import { Totals } from "./totals.tsx";
import { useDecisions } from "./use-decisions.ts";
import { lackWords, leftWords, MARKS, nameOf, REASONS, standing } from "./words.ts";

const GROUP = "Worksheet";
const LINE_KEYS = [
  ["ArrowUp | ArrowDown | J | K", "Line before, or next"],
  ["A | Enter", "Accept what is proposed"],
  ["C", "Change the type: a digit chooses"],
  ["R", "No error: the difference stands"],
  ["O", "Take the decision back"],
  ["1 | 2", "The coder’s error, or not the coder’s and why"],
  ["Y | N", "The evidence was there when it was coded, or not"],
  ["S", "Cite a standard"],
  ["E | M", "Evidence, comment"],
  ["U", "Mark the episode unsafe to audit"],
] as const;

export function Compare({
  opened,
  minutes,
  onFinished,
  onUnsafe,
  onRevise,
  onReload,
  onReopen,
}: {
  opened: Worksheet;
  /** Minutes spent so far, asked when the episode is finished. */
  minutes: () => number;
  onFinished: (next: string | null, words: string) => void;
  onUnsafe: (version: number) => void;
  onRevise: (sheet: Worksheet) => void;
  onReload: () => void;
  onReopen: () => void;
}) {
  const client = useQueryClient();
  const { sheet, put, settled, problem, setProblem, saving, latest } = useDecisions(opened);
  const { positions, method } = sheet;
  const readOnly = sheet.can.decide !== true;
  const [row, setRow] = useState(() => Math.max(0, nextOpen(opened.positions, opened.positions.length - 1)));
  const [mode, setMode] = useState<Mode>("plain");
  const [recent, setRecent] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [reading, setReading] = useState(false);
  const [said, say] = useSay();
  const table = useRef<HTMLTableElement>(null);
  const [focusTick, setFocusTick] = useState(1);
  const position = positions[row];
  useListedKeys("Lines of the comparison", LINE_KEYS);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick asks for the focus again.
  useLayoutEffect(() => {
    const line = table.current?.querySelector<HTMLElement>(`[data-row="${row}"]`);
    line?.focus({ preventScroll: false });
    line?.scrollIntoView?.({ block: "nearest" });
  }, [focusTick]);
  const goTo = (to: number) => {
    setMode("plain");
    setRow(Math.max(0, Math.min(positions.length - 1, to)));
    setFocusTick((tick) => tick + 1);
  };
  const back = () => setFocusTick((tick) => tick + 1);

  const doIt = (action: Act, stay = false) => {
    if (readOnly || !position) return;
    const decision = act(position, action);
    if (!decision) return;
    if (action.type === "cite")
      setRecent((before) => [action.ref, ...before.filter((one) => one !== action.ref)].slice(0, 5));
    if (action.type === "change" || action.type === "reason") setMode("plain");
    const lacked = position.missing.length > 0;
    const onward = () => {
      const at = latest.current.positions.findIndex((one) => one.no === position.no);
      const next = nextOpen(latest.current.positions, at);
      const other = latest.current.positions[next];
      say(other && next !== at ? `Complete. ${nameOf(other)}` : `Complete. ${leftWords(latest.current.positions)}`);
      // Only while nobody went elsewhere meanwhile.
      setRow((before) => (before === at ? next : before));
      setFocusTick((tick) => tick + 1);
    };
    const kept = put(position, decision);
    // What is whole by itself goes on at once; what may lack something waits for the server to say what.
    if (!stay && lacked && whole(position, decision, method.not_counted)) return onward();
    void kept.then(() => {
      const now = latest.current.positions.find((one) => one.no === position.no);
      if (!now) return;
      if (!stay && lacked && now.missing.length === 0) return onward();
      say([standing(now, method.type_words), lackWords(now.missing)].filter(Boolean).join(". "));
    });
  };

  /** The next digit chooses a type of error. */
  const changeType = () => {
    if (!position) return;
    setMode("type");
    back();
    say(`Type: ${position.types.map((type, at) => `${at + 1} ${method.type_words[type] ?? type}`).join(", ")}`);
  };

  const into = (field: string) => document.querySelector<HTMLElement>(`[data-${field}]`)?.focus();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !position) return;
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    if (mode !== "plain" && digit > 0) {
      const type = position.types[digit - 1];
      const reason = REASONS[digit - 1]?.[0];
      if (mode === "type" && type) doIt({ type: "change", to: type });
      if (mode === "reason" && reason) doIt({ type: "reason", to: reason });
      event.preventDefault();
      return;
    }
    switch (event.key) {
      case "ArrowDown":
      case "j":
        goTo(row + 1);
        break;
      case "ArrowUp":
      case "k":
        goTo(row - 1);
        break;
      case "Home":
        goTo(0);
        break;
      case "End":
        goTo(positions.length - 1);
        break;
      case "Enter":
      case "a":
        if (position.decision === "open") doIt({ type: "accept" });
        else if (position.missing.includes("standards")) into("standard");
        else goTo(nextOpen(positions, row));
        break;
      case "c":
        changeType();
        break;
      case "r":
        doIt({ type: "reject" });
        break;
      case "o":
        doIt({ type: "back" }, true);
        break;
      case "1":
        doIt({ type: "whose", to: "coder" });
        break;
      case "2":
        doIt({ type: "whose", to: "non_coder" }, true);
        setMode("reason");
        say(`Why: ${REASONS.map(([, text], at) => `${at + 1} ${text}`).join(", ")}`);
        break;
      case "y":
      case "n":
        doIt({ type: "there", to: event.key === "y" });
        break;
      case "s":
        into("standard");
        break;
      case "e":
        into("evidence");
        break;
      case "m":
        into("comment");
        break;
      case "u":
        if (sheet.can.mark_unsafe === true) onUnsafe(latest.current.item.version);
        break;
      case "Escape":
        setMode("plain");
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const revise = async () => {
    await settled();
    onRevise(latest.current);
  };
  const finish = async () => {
    if (busy || sheet.can.finish === undefined) return;
    setBusy(true);
    // A field that is being typed in keeps its text first.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await settled();
    const lacking = latest.current.positions.findIndex((one) => one.missing.length > 0);
    if (lacking >= 0) {
      setBusy(false);
      const one = latest.current.positions[lacking];
      if (one) say(`${nameOf(one)}: ${lackWords(one.missing)}`);
      return goTo(lacking);
    }
    try {
      const { item } = latest.current;
      // biome-ignore lint/suspicious/noThenProperty: the server's word for what comes after; a string is no promise.
      const done = await finishItem(item.item_id, { minutes: minutes(), then: "next" }, item.version);
      // Whoever leaves the sheet asks the audit's own answers anew.
      void client.invalidateQueries({ queryKey: ["see_results"] });
      onFinished(done.next_item_id, `Episode ${sheet.item.place} decided`);
    } catch (error) {
      setBusy(false);
      setProblem(error);
    }
  };

  useEffect(() => {
    if (problem) say(refusalOf(problem).title);
  }, [problem, say]);

  const key = (keys: string, label: string, onPress: () => void) => ({ keys, label, group: GROUP, onPress });
  const reopen = sheet.can.reopen === true;
  const left = leftWords(positions);
  return (
    <>
      <Keys
        keys={[
          readOnly ? null : key("Ctrl+Enter", "Finish and open the next episode", finish),
          sheet.can.revise === true ? key("Alt+V", "Revise my codes", revise) : null,
          key("Alt+D", "Show or hide the documents", () => setReading((now) => !now)),
        ]}
      />
      <div className={classes("ws-body", reading && "ws-body--reading")}>
        {reading ? (
          <div className="ws-papers">
            <Documents documents={sheet.documents} />
          </div>
        ) : null}
        <div className="ws-main">
          {problem ? (
            <Banner kind="error">
              <b>{refusalOf(problem).title}</b> {refusalOf(problem).detail}{" "}
              <Button look="link" small onClick={onReload}>
                Show it as it is now
              </Button>
            </Banner>
          ) : null}
          <div className="ws-scroll">
            <table
              ref={table}
              className="ws-table"
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one cursor moves over its lines.
              role="grid"
              aria-label="Auditor’s and coder’s codes"
              onKeyDown={onKeyDown}
            >
              <thead>
                <tr>
                  <th scope="col" className="ws-num">
                    #
                  </th>
                  <th scope="col">Auditor</th>
                  <th scope="col">Coder{sheet.coder?.name ? ` (${sheet.coder.name})` : ""}</th>
                  <th scope="col">Change</th>
                  <th scope="col">Finding</th>
                  <th scope="col">Attribution and standard</th>
                </tr>
              </thead>
              {(["diagnoses", "procedures"] as const).map((side) => (
                <tbody key={side} data-side={side}>
                  {positions.map((one, at) =>
                    one.side === side ? (
                      <Row
                        key={one.no}
                        position={one}
                        at={at}
                        here={at === row}
                        words={method.type_words}
                        onGo={() => goTo(at)}
                      />
                    ) : null,
                  )}
                </tbody>
              ))}
            </table>
          </div>
          {position ? (
            <Panel
              {...{ position, sheet, mode, readOnly, recent }}
              onAct={doIt}
              onChange={changeType}
              onBack={back}
              key={position.no}
            />
          ) : null}
          <Totals auditId={sheet.audit.audit_id} />
        </div>
      </div>
      <div className="wb-foot">
        <span className="wb-foot__saved" data-saving={saving}>
          {saving === "saving" ? "Saving" : saving === "refused" ? "Not saved" : "Saved"}
        </span>
        <Button keys="Alt+D" onClick={() => setReading(!reading)}>
          {reading ? "Hide documents" : "Documents"}
        </Button>
        {sheet.can.revise === true ? (
          <Button keys="Alt+V" onClick={revise}>
            Revise my codes
          </Button>
        ) : null}
        <span className="wb-foot__between">{left}</span>
        {readOnly ? (
          reopen ? (
            <Button onClick={onReopen}>Reopen</Button>
          ) : null
        ) : (
          <Button look="primary" keys="Ctrl+Enter" busy={busy} onClick={finish}>
            Finish and next
          </Button>
        )}
      </div>
      <div className="cw-hidden" role="status" aria-live="polite">
        {said}
      </div>
    </>
  );
}

function Row({
  position,
  at,
  here,
  words,
  onGo,
}: {
  position: Position;
  at: number;
  here: boolean;
  words: Worksheet["method"]["type_words"];
  onGo: () => void;
}) {
  const mark = MARKS[position.mark];
  const text = standing(position, words);
  const open = position.decision === "open";
  return (
    <tr
      data-row={at}
      data-no={position.no}
      tabIndex={here ? 0 : -1}
      aria-selected={here}
      className={classes("ws-row", here && "ws-row--here", `ws-row--${position.mark}`)}
      onClick={onGo}
    >
      <td className="ws-num">{position.auditor ? position.auditor.at + 1 : ""}</td>
      <CodeCell code={position.auditor} />
      <CodeCell code={position.coder} />
      <td>
        {position.mark === "agreed" ? (
          <span className="cw-quiet">agreed</span>
        ) : (
          <Tag tone={mark.tone}>
            <span aria-hidden="true">{mark.sign} </span>
            {mark.words}
          </Tag>
        )}
      </td>
      <td>
        {text === "" ? null : open ? <span>{text}</span> : <b>{text}</b>}
        {open && position.proposed_type ? (
          <span className="cw-quiet">
            {" "}
            accept <kbd>↵</kbd>
          </span>
        ) : null}
        {position.final_type && !position.counts && !position.counted_elsewhere ? (
          <span className="cw-quiet"> reported, not an error</span>
        ) : null}
      </td>
      <td>
        {position.attribution === "coder" ? <Tag tone="red">coder</Tag> : null}
        {position.attribution === "non_coder" ? <Tag tone="blue">non-coder</Tag> : null}{" "}
        {position.attribution === "non_coder"
          ? REASONS.find(([reason]) => reason === position.non_coder_reason)?.[1]
          : null}{" "}
        {position.standards.join(", ")}
        {!open && position.missing.length > 0 ? <span className="ws-lacks"> {lackWords(position.missing)}</span> : null}
      </td>
    </tr>
  );
}

function CodeCell({ code }: { code: Position["coder"] }) {
  if (!code) return <td />;
  return (
    <td>
      <span className="ws-code">
        <span className="cw-mono">{code.dotted}</span>
        <span>
          {code.title ?? "not in the edition of that day"}
          {code.on ? <span className="cw-quiet"> · {dayShort(code.on)}</span> : null}
        </span>
      </span>
    </td>
  );
}
