import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useMe } from "@/api/me.ts";
import { Problem } from "@/api/problem.ts";
import { onSignInAgain } from "@/api/sign-in-end.ts";
import { Button } from "@/kit/button.tsx";
import { refusalOf } from "@/kit/states.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { Checks } from "@/parts/coding/checks.tsx";
import { CodeGrid } from "@/parts/coding/code-grid.tsx";
import type { ListName } from "@/parts/coding/codes.ts";
import { sameContent, unionContent } from "@/parts/coding/diff.ts";
import { CodedBefore, Documents } from "@/parts/coding/documents.tsx";
import { draftContent, unpackDraft } from "@/parts/coding/draft.ts";
import { counts, countWords, reasonsToSend } from "@/parts/coding/findings.ts";
import type { Content } from "@/parts/coding/grid.ts";
import { unreadable } from "@/parts/coding/grid-ask.ts";
import { hop } from "@/parts/coding/hop.ts";
import { Keys } from "@/parts/coding/keys.tsx";
import { Panes } from "@/parts/coding/panes.tsx";
import { useSay } from "@/parts/coding/say.ts";
import { SpellStrip } from "@/parts/coding/spell-strip.tsx";
import { useStanding } from "@/parts/coding/use-standing.ts";
import type { Workbench } from "@/parts/coding/wire.ts";
import { person } from "@/parts/coding/words.ts";
import { Banners } from "./banners.tsx";
import { ConflictDialog } from "./conflict.dialog.tsx";
import {
  type Conflict,
  contentOf,
  factWords,
  isMySubmission,
  newsOf,
  oldDraft,
  sameStand,
  staleSubmit,
} from "./conflict.ts";
import { CopyDialog } from "./copy.dialog.tsx";
import {
  approveSecondCheck,
  nextAfterLost,
  readWorkbench,
  releaseEpisode,
  returnSecondCheck,
  submitCodes,
  takeEpisode,
} from "./data.ts";
import { FootBar } from "./foot-bar.tsx";
import { History } from "./history.tsx";
import { HoldDialog } from "./hold.dialog.tsx";
import { leaseWords, PatientLine } from "./patient-line.tsx";
import { readWords, refusal } from "./read-words.ts";
import { ReturnDialog, TraineeList } from "./second-check.tsx";
import { useBench } from "./use-bench.ts";
import { useLease } from "./use-lease.ts";

const GROUP = "Episode";
const SENT = ["last_sent"];
// biome-ignore lint/suspicious/noThenProperty: the server's word for what comes after; a string is no promise.
const AFTER = { then: "next" } as const;
// biome-ignore lint/suspicious/noThenProperty: the same.
const STAY = { then: "stay" } as const;

export function OpenEpisode({ wb: opened, reload }: { wb: Workbench; reload: () => Promise<void> }) {
  // The episode as the coder has last seen it: read anew when something changed meanwhile and the coder has said how to
  // go on. Submitting stands on its version and its facts.
  const [wb, see] = useState(opened);
  const { episode } = wb;
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [said, say] = useSay();
  const lease = useLease(wb.work_item);
  const checker = wb.can.approve === true;
  const [amending, setAmending] = useState(false);
  const amendable = !wb.work_item && wb.can.submit === true && episode.coding_version > 0;
  const readOnly = amending ? !amendable : !lease.mine || (wb.can.submit !== true && !checker);
  const bench = useBench(wb, !readOnly);
  const { grid, dispatch } = bench;
  const [focusTick, setFocusTick] = useState(0);
  const [open, setOpen] = useState<"hold" | "copy" | "return" | null>(null);
  const [tab, setTab] = useState("documents");
  const [busy, setBusy] = useState(false);
  const [due, setDue] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const base = episode.coding_version;
  const [changeReason, setChangeReason] = useState("");
  const [sent] = useState(() => client.getQueryData<string>(SENT) ?? null);
  const now: Content = bench.wire;
  // Codes that were final and wait for nothing are changed only with a reason.
  const changesFinal = amending;

  // On arrival the cursor is in the first empty diagnosis line, and a screen reader hears where it is.
  const greeted = useRef(false);
  useEffect(() => {
    if (greeted.current) return;
    greeted.current = true;
    client.removeQueries({ queryKey: SENT });
    if (!readOnly) setFocusTick(1);
    else document.querySelector<HTMLElement>("[data-take]")?.focus();
    const where = `${person(wb.patient.sex, wb.patient.age)}. FCE ${episode.episode_number} of ${episode.episodes_in_spell}, ${episode.specialty?.name ?? ""}`;
    say(`${sent ? `${sent}. ` : ""}${readOnly ? "Episode to read: " : "Episode open for coding: "}${where}`);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number says that something new was said.
  useEffect(() => say(grid.said.text), [grid.said.n, say]);
  const words = countWords(counts(bench.placed));
  const lastWords = useRef(words);
  useEffect(() => {
    if (bench.checking !== "fresh" || lastWords.current === words) return;
    lastWords.current = words;
    say(words);
  }, [bench.checking, words, say]);
  useEffect(() => {
    if (bench.saving.kind === "offline") say("Not saved: no connection. What you type is kept.");
  }, [bench.saving.kind, say]);

  const focusGrid = () => setFocusTick((tick) => tick + 1);

  useEffect(
    () =>
      onSignInAgain(() => setProblem((was: unknown) => (was instanceof Problem && was.status === 401 ? null : was))),
    [],
  );

  // A draft saved elsewhere, by this person in another window: shown side by side, chosen by the person.
  const refusedDraft = bench.saving.kind === "conflict" ? bench.saving.error : null;
  useEffect(() => {
    if (!(refusedDraft instanceof Problem)) return;
    const { current, current_version: version } = refusedDraft.document;
    setConflict({
      who: "You saved another draft of this episode in your other window",
      facts: [],
      theirs: draftContent(current),
      version: typeof version === "number" ? version : 0,
      of: "draft",
    });
  }, [refusedDraft]);

  // A draft from before the codes that count now would silently put them back: the coder chooses first.
  const lookedAtDraft = useRef(false);
  useEffect(() => {
    if (readOnly || lookedAtDraft.current) return;
    lookedAtDraft.current = true;
    if (amending && wb.draft) {
      // The page showed the codes until now; the draft is not to be typed over unseen.
      const { content, leftover, reasons } = unpackDraft(wb.draft);
      dispatch({
        type: "replace",
        content,
        leftover,
        said: "Your draft is back. Control Z shows the codes as they are.",
      });
      bench.setReasons((given) => ({ ...given, ...reasons }));
    }
    setConflict(oldDraft(wb));
  });

  const settle = (wish: "mine" | "theirs" | "both") => {
    if (!conflict) return;
    const both = conflict.theirs && unionContent(now, conflict.theirs);
    // Mine may have all of theirs already; then it is mine that is to be saved.
    const kept = wish === "both" && both && sameContent(both, now) ? "mine" : wish;
    const theirs = kept !== "mine";
    if (kept === "theirs" && conflict.theirs)
      dispatch({
        type: "replace",
        content: conflict.theirs,
        said: `${conflict.of === "draft" ? "Your other window’s lines" : "Theirs"} taken. Control Z brings back what stood here.`,
      });
    if (kept === "both" && both) {
      const rest = unreadable(grid.lists).map(({ list, line }) => ({ list, row: 99, raw: line.raw, on: line.on }));
      const said = "Both kept. Control Z brings back what stood here.";
      dispatch({ type: "replace", content: both, leftover: { adding: grid.adding, unreadable: rest }, said });
    }
    if (conflict.of === "draft") bench.keeper.settle(conflict.version, theirs ? null : bench.body);
    else {
      const { fresh } = conflict;
      see(fresh);
      if (!fresh.work_item && fresh.episode.coding_version > 0) setAmending(true);
      const mine = theirs ? null : { ...bench.body, based_on: fresh.episode.coding_version };
      const other = refusedDraft instanceof Problem ? refusedDraft.document.current_version : null;
      if (typeof other === "number") bench.keeper.settle(other, mine);
      else if (mine) bench.keeper.change(mine);
    }
    setConflict(null);
    focusGrid();
  };

  const { standing, note, asks, lead, goTo } = useStanding({
    bench,
    readOnly,
    refusal: readOnly && !busy && lease.mine ? refusal(wb.can.submit) : null,
    changeReason: changesFinal ? changeReason : null,
    reasonField: "#wb-change-reason",
    say,
    focusGrid,
  });

  const left = async (words: string, next: string | null) => {
    bench.keeper.stop();
    client.removeQueries({ queryKey: ["read_workbench", episode.episode_id] });
    for (const key of ["count_work_items", "list_my_work", "list_work_items", "list_codings", "list_deadlines"])
      void client.invalidateQueries({ queryKey: [key] });
    if (next) {
      client.setQueryData(SENT, words);
      await navigate({ to: "/episodes/$episodeId", params: { episodeId: next } });
    } else {
      confirmDone(words);
      await navigate({ to: "/my-work" });
    }
  };

  const what = `FCE ${episode.episode_number} of spell ${episode.spell_number}`;
  const submitted = async (next: string | null) => {
    if (!amending) return left(`${wb.second_check_after_submit ? "Sent to second check" : "Submitted"}: ${what}`, next);
    bench.keeper.stop();
    confirmDone(`Changed: ${what}`);
    await reload();
  };

  const submit = async () => {
    if (busy || readOnly) return;
    // A key pressed before the checks have answered counts when they have: on what they say of the codes as they are.
    if (bench.checking === "asking") {
      setDue(true);
      return;
    }
    if (standing) return lead();
    if (asks()) return;
    setBusy(true);
    setProblem(null);
    const { diagnoses, procedures, keys } = bench.wire;
    try {
      await bench.keeper.flush();
      const codes = {
        diagnoses,
        procedures,
        reasons: reasonsToSend(bench.placed, bench.reasons, keys, bench.codeOf),
        reason: changesFinal ? changeReason.trim() : null,
        seen_basis: episode.basis,
        seen_documents: episode.documents_mark,
      };
      if (checker) {
        const result = await approveSecondCheck(episode.episode_id, base, { ...codes, ...AFTER });
        await left(`Approved: ${what}`, result.next_episode_id);
      } else if (amending) {
        await submitCodes(episode.episode_id, base, { ...codes, ...STAY });
        await submitted(null);
      } else {
        const result = await submitCodes(episode.episode_id, base, { ...codes, ...AFTER });
        await submitted(result.next_episode_id);
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 412) return stale(error, { diagnoses, procedures });
      setBusy(false);
      if (error instanceof Problem && error.slug === "lease-lost") lease.lose(error);
      if (error instanceof Problem && (error.slug === "checks-fail" || error.slug === "reasons-needed"))
        bench.recheck(0);
      setProblem(error);
      say(refusalOf(error).title);
    }
  };

  useEffect(() => {
    if (!due || bench.checking === "asking") return;
    setDue(false);
    void submit();
  });

  /** Somebody submitted first, or the PAS changed the episode: show both, choose nothing for the coder. */
  const stale = async (error: Problem, codes: Content) => {
    try {
      const fresh = await readWorkbench(episode.episode_id);
      // The answer to the same submission was lost: it is there, and the work goes on.
      if (!checker && isMySubmission(error, codes, wb, fresh, me.name))
        return await submitted(amending ? null : await nextAfterLost(episode.episode_id));
      setConflict(staleSubmit(error, wb, fresh));
    } catch (reading) {
      setProblem(reading);
    }
    setBusy(false);
  };

  /** Something came while the page was open: documents are simply shown, other codes or facts are chosen between. */
  const showNews = async () => {
    try {
      const fresh = await readWorkbench(episode.episode_id);
      const news = newsOf(wb, fresh);
      const onlyPapers = sameStand({ ...fresh.episode, documents_mark: episode.documents_mark }, episode);
      if (!onlyPapers) return setConflict(news);
      see(fresh);
      setTab("documents");
      // The banner with its button is gone: the cursor goes back to the codes.
      focusGrid();
      say(news.facts.map(factWords).join(". ") || "The documents have changed.");
    } catch (error) {
      setProblem(error);
    }
  };

  const take = async () => {
    setProblem(null);
    try {
      await takeEpisode(episode.episode_id);
      void client.invalidateQueries({ queryKey: ["list_my_work"] });
      await reload();
    } catch (error) {
      setProblem(error);
    }
  };
  const release = async () => {
    try {
      await bench.keeper.flush();
      await releaseEpisode(episode.episode_id);
      await left("Released. Your draft is kept.", null);
    } catch (error) {
      setProblem(error);
    }
  };

  const holdRefusal = refusal(wb.can.hold);
  const releaseRefusal = refusal(wb.can.release);
  const takeRefusal = refusal(wb.can.take);
  const submitWords = checker
    ? sameContent(contentOf(wb), now)
      ? "Approve"
      : "Change and approve"
    : wb.changed.length > 0 && sameContent(contentOf(wb), now)
      ? "Confirm codes still right"
      : wb.second_check_after_submit
        ? "Send to second check"
        : amending
          ? "Submit the change"
          : "Submit and open next";

  const free = open === null && conflict === null;
  const key = (keys: string, label: string, onPress: () => void, group = GROUP) => ({
    keys,
    label,
    group,
    enabled: free,
    onPress,
  });
  const shortcuts = [
    readOnly && wb.work_item && takeRefusal === null ? key("Alt+T", "Take this episode", take) : null,
    readOnly ? null : key("Ctrl+Enter", submitWords, submit),
    readOnly || amending || holdRefusal ? null : key("Alt+H", "Hold the episode", () => setOpen("hold")),
    readOnly || amending || releaseRefusal ? null : key("Alt+R", "Release the episode", release),
    readOnly || !checker ? null : key("Alt+B", "Return to the trainee", () => setOpen("return")),
    readOnly ? null : key("Alt+C", "Copy codes from an earlier episode", () => setOpen("copy"), "Code grid"),
    readOnly ? null : key("Alt+G", "Go to the first error or open warning", lead, "Code grid"),
    key("Ctrl+ArrowDown", "Next part of the page", () => hop(1)),
    key("Ctrl+ArrowUp", "Part of the page before", () => hop(-1)),
  ];

  const have = (list: ListName, code: string) => grid.lists[list].some((line) => line.code === code);
  const add = (list: ListName, lines: readonly { code: string }[], from: string) =>
    dispatch({ type: "copy", list, lines, from });
  const editionOf = (system: "icd10" | "opcs4", name: string) => ({
    title: wb.editions[system]?.title ?? `${name}: no edition for this day`,
    starter: wb.editions[system]?.starter ?? false,
  });

  return (
    <div className="wb">
      <Keys keys={shortcuts} />
      <PatientLine wb={wb} lease={lease.words ?? leaseWords(wb.work_item)} />
      <SpellStrip wb={wb} coding={!readOnly} />
      <Banners
        wb={wb}
        lost={lease.lost}
        problem={problem}
        onReload={reload}
        onNews={bench.news && !readOnly ? showNews : null}
      />
      <Panes
        left={
          <Tabs
            label="What to read"
            open={tab}
            onOpen={setTab}
            tabs={[
              {
                key: "documents",
                label: "Documents",
                panel: (
                  <>
                    <Documents documents={wb.documents} />
                    <CodedBefore before={wb.before} have={have} onAdd={add} readOnly={readOnly} />
                  </>
                ),
              },
              {
                key: "history",
                label: "History",
                panel: <History episodeId={episode.episode_id} events={wb.history} />,
              },
            ]}
          />
        }
        middle={
          <>
            <CodeGrid
              {...{ grid, dispatch, readOnly, focusTick, say }}
              on={episode.ended_on}
              editions={{ diagnoses: editionOf("icd10", "ICD-10"), procedures: editionOf("opcs4", "OPCS-4") }}
              marks={bench.marks}
              coded={episode.coding_version > 0}
            />
            {readOnly ? null : (
              <p className="wb-more">
                <Button look="link" small keys="Alt+C" onClick={() => setOpen("copy")}>
                  Copy from an earlier episode
                </Button>
              </p>
            )}
            {changesFinal && !readOnly ? (
              <div className="wb-change">
                <label htmlFor="wb-change-reason">Why do the codes change?</label>
                <input
                  id="wb-change-reason"
                  className="cw-input cw-input--compact"
                  type="text"
                  maxLength={300}
                  autoComplete="off"
                  value={changeReason}
                  onChange={(event) => setChangeReason(event.target.value)}
                />
              </div>
            ) : null}
          </>
        }
        right={
          <>
            {checker && wb.coding ? <TraineeList coding={wb.coding} now={now} /> : null}
            <Checks bench={bench} answers={bench} coding={wb.coding} readOnly={readOnly} onGo={goTo} />
          </>
        }
      />
      {readOnly ? (
        <div className="wb-foot">
          <span>{readWords(wb, lease.mine)}</span>
          <span className="cw-push" />
          {wb.work_item && !lease.mine ? (
            <Button look="primary" keys="Alt+T" data-take refusal={takeRefusal} onClick={take}>
              Take this episode
            </Button>
          ) : null}
          {amendable ? (
            <Button
              onClick={() => {
                setAmending(true);
                focusGrid();
              }}
            >
              Change the codes
            </Button>
          ) : null}
        </div>
      ) : (
        <FootBar
          saving={bench.saving}
          sent={sent}
          between={standing}
          note={note}
          busy={busy}
          submitWords={submitWords}
          hold={amending ? null : { refusal: holdRefusal, onPress: () => setOpen("hold") }}
          release={amending ? null : { refusal: releaseRefusal, onPress: release }}
          giveBack={checker ? { refusal: refusal(wb.can.give_back), onPress: () => setOpen("return") } : null}
          onSubmit={submit}
          onRetry={() => void bench.keeper.retry()}
        />
      )}
      <div className="cw-hidden" role="status" aria-live="polite">
        {said}
      </div>
      {open === "hold" && wb.work_item ? (
        <HoldDialog
          item={{ ...wb.work_item, version: lease.itemVersion }}
          awaitsPathology={wb.documents.some((one) => one.waits_in === "outstanding_pathology")}
          onClose={() => setOpen(null)}
          onHeld={(item) =>
            void bench.keeper.flush().then(() => left(`Held in ${item.queue_label.toLowerCase()}`, null))
          }
        />
      ) : null}
      {open === "copy" ? <CopyDialog wb={wb} have={have} onCopy={add} onClose={() => setOpen(null)} /> : null}
      {open === "return" && wb.coding ? (
        <ReturnDialog
          name={wb.coding.person_name ?? "the trainee"}
          onClose={() => setOpen(null)}
          onReturn={async (reason) => {
            await returnSecondCheck(episode.episode_id, base, reason);
            await left(`Returned to ${wb.coding?.person_name ?? "the trainee"}`, null);
          }}
        />
      ) : null}
      {conflict ? (
        <ConflictDialog
          conflict={conflict}
          mine={now}
          on={episode.ended_on}
          onMine={() => settle("mine")}
          onTheirs={() => settle("theirs")}
          onBoth={() => settle("both")}
        />
      ) : null}
    </div>
  );
}
