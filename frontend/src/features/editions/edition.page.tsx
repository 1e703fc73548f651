// One edition: what it holds, what it changes, and the decision to use it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Facts, Mono, PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Confirm, whyNot } from "@/kit/confirm.tsx";
import { day, instant } from "@/kit/dates.ts";
import { TextField } from "@/kit/field.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { Changes } from "./changes.tsx";
import { discardEdition, type EditionDetail, editionQuery, makeReady, withdrawEdition } from "./data.ts";
import { EditionState, systemName, valid } from "./state.tsx";

const route = getRouteApi("/signed-in/editions/$editionId");

type Act = "ready" | "discard" | "withdraw";

export default function EditionPage() {
  const { editionId } = route.useParams();
  const found = useQuery(editionQuery(editionId));
  const [asking, setAsking] = useState<Act | null>(null);
  const edition = found.data;
  const decides = edition?.state === "preview";
  return (
    <div className="cw-page">
      <PageHead
        title={edition?.title ?? "Edition"}
        sub={edition ? <EditionState edition={edition} /> : undefined}
        trail={<Link to="/editions">Classification editions</Link>}
        actions={
          edition && decides ? (
            <>
              <Button refusal={whyNot(edition.can.discard)} onClick={() => setAsking("discard")}>
                Discard
              </Button>
              <Button look="primary" refusal={whyNot(edition.can.ready)} onClick={() => setAsking("ready")}>
                Make ready
              </Button>
            </>
          ) : edition?.state === "ready" ? (
            <Button refusal={whyNot(edition.can.withdraw)} onClick={() => setAsking("withdraw")}>
              Withdraw
            </Button>
          ) : undefined
        }
      />
      {found.isPending ? <SkeletonRows /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {edition ? <Edition edition={edition} /> : null}
      {edition && asking ? <Decide edition={edition} what={asking} onClose={() => setAsking(null)} /> : null}
    </div>
  );
}

function Edition({ edition }: { edition: EditionDetail }) {
  return (
    <div className="cw-stack cw-stack--wide">
      <div className="cw-figures">
        {(
          [
            ["Codes", edition.codes, `${count(edition.usable_codes)} valid to code with`],
            ["Added", edition.added, null],
            ["Changed", edition.changed, null],
            ["Removed", edition.removed, null],
            ["Lines not used", edition.problem_lines, edition.problem_lines ? "listed below" : "every line was read"],
          ] as const
        ).map(([label, number, note]) => (
          <div key={label} className="cw-figure">
            <div className="cw-figure__label">{label}</div>
            <div className="cw-figure__number">{count(number)}</div>
            {note ? <div className="cw-figure__note">{note}</div> : null}
          </div>
        ))}
      </div>
      <Facts
        items={[
          ["Classification", systemName(edition.system)],
          ["Episodes that end", valid(edition)],
          ["From", edition.source],
          ["Compared with", edition.compared_with ?? "nothing: it is the first"],
          ["Loaded", instant(edition.loaded_at)],
          edition.ready_at ? ["Made ready", instant(edition.ready_at)] : null,
        ]}
      />
      {edition.notes.map((note) => (
        <Banner key={note}>{note}</Banner>
      ))}
      {edition.problems.length > 0 ? (
        <section>
          <DataTable
            caption={`${counted(edition.problem_lines, "line")} not used, or not wholly`}
            captionShown
            sticky={false}
            columns={[
              { key: "file", heading: "File", cell: (line) => line.file },
              { key: "line", heading: "Line", align: "right", width: "narrow", cell: (line) => count(line.line) },
              { key: "reason", heading: "Why", width: "grow", cell: (line) => line.reason },
            ]}
            rows={edition.problems.slice(0, 50)}
            keyOf={(line) => `${line.file}${line.line}${line.reason}`}
          />
        </section>
      ) : null}
      {edition.compared_with ? (
        <Changes edition={edition} />
      ) : (
        <p className="cw-quiet">
          There is nothing before it to compare with. Codes stand as <Mono>I21.4</Mono>, with dots; filler characters
          are taken off.
        </p>
      )}
    </div>
  );
}

const verbs: Record<Act, { act: string; done: string; send: typeof makeReady }> = {
  ready: { act: "Make ready", done: "is ready", send: makeReady },
  discard: { act: "Discard", done: "is discarded", send: discardEdition },
  withdraw: { act: "Withdraw", done: "is a preview again", send: withdrawEdition },
};

function Decide({ edition, what, onClose }: { edition: EditionDetail; what: Act; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const { act, done, send } = verbs[what];
  const decide = useMutation({
    mutationFn: () => send(edition),
    onSuccess: (changed) => {
      queryClient.setQueryData(editionQuery(edition.edition_id).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: ["list_editions"] });
      void queryClient.invalidateQueries({ queryKey: ["read_edition"] });
      void queryClient.invalidateQueries({ queryKey: ["search_codes"] });
      confirmDone(`${edition.title} ${done}`);
      onClose();
    },
  });
  const asks = what === "ready" && edition.effects_of_ready?.confirm_removals === true;
  const seen = typed.replaceAll(/[\s,]/g, "") === String(edition.removed);
  return (
    <Confirm
      title={what === "ready" ? `Make ${edition.title} ready?` : `${act} ${edition.title}?`}
      act={act}
      danger={what !== "ready" || asks}
      refusal={asks && !seen ? "Type how many codes will go" : null}
      busy={decide.isPending}
      error={decide.error}
      onAct={() => decide.mutate()}
      onClose={onClose}
    >
      {what === "ready" ? <ReadyEffects edition={edition} /> : null}
      {what === "discard" ? <p>The preview is thrown away. The files can be loaded again.</p> : null}
      {what === "withdraw" ? (
        <p>It is a preview again. What it ended or took the place of stands as before, and is used from now on.</p>
      ) : null}
      {asks ? (
        <TextField
          label={`Type ${edition.removed} to say that these codes are meant to go`}
          inputMode="numeric"
          autoComplete="off"
          width="short"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      ) : null}
    </Confirm>
  );
}

function ReadyEffects({ edition }: { edition: EditionDetail }) {
  const effects = edition.effects_of_ready;
  return (
    <>
      <p>
        Episodes that end {valid(edition)} are coded and checked in it from now on. Codes that are stored already stay
        as they are.
      </p>
      {edition.compared_with ? (
        <p>
          Against {edition.compared_with} it adds {counted(edition.added, "code")}, changes {count(edition.changed)} and
          removes {count(edition.removed)}.
        </p>
      ) : null}
      {effects?.confirm_removals ? (
        <Banner kind="warn">
          <strong>
            {count(edition.removed)} of {counted(effects.compared_codes, "code")} will go,{" "}
            {count(effects.removed_in_use)} of them in use.
          </strong>{" "}
          An update of a classification removes few codes. Is the file whole, and for this classification?
        </Banner>
      ) : null}
      {effects?.closes.map((closing) => (
        <p key={closing.edition}>
          {closing.edition} then ends on {day(closing.valid_to_on)}.
        </p>
      ))}
      {effects?.supersedes.map((name) => (
        <p key={name}>It takes the place of {name}.</p>
      ))}
    </>
  );
}
