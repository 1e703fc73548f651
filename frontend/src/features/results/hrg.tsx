// HRGs and money before and after: nothing is said until a grouper's result is loaded.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useMay } from "@/api/me.ts";
import { Details, Facts, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Dialog } from "@/kit/dialog.tsx";
import { TextField } from "@/kit/field.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { confirmDone } from "@/kit/toast.tsx";
import { loadGrouping, type Results } from "./data.ts";
import { Share } from "./figure.tsx";

const pounds = (said: string | null) => {
  if (said === null) return "not grouped";
  const [whole = "0", pence = "00"] = said.replace("-", "").split(".");
  return `${said.startsWith("-") ? "−" : ""}£${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${pence}`;
};

const ratio = (found: Results["hrg"]["money"]["net_share"]) =>
  found.percent === null
    ? ""
    : ` (${found.percent} %${found.low_percent === null ? "" : `, ${found.low_percent} to ${found.high_percent}`})`;

export function HrgPanel({ results }: { results: Results }) {
  const [loading, setLoading] = useState(false);
  const may = useMay();
  const { hrg } = results;
  const money = hrg.money;
  const open = results.state === "running" || results.state === "correcting";
  return (
    <div className="cw-stack">
      {hrg.grouped ? (
        <Facts
          items={[
            ["Grouper", hrg.grouper ?? "not named"],
            ["Grouped both ways", `${count(hrg.grouped_n)} of ${counted(hrg.of, "episode")}`],
            ["HRG changed", <Share key="changed" figure={hrg.changed} strong />],
            ["The same, unsafe episodes as changed", <Share key="unsafe" figure={hrg.changed_with_unsafe} />],
            [
              "Priced both ways",
              money.priced ? `${counted(money.priced_n, "episode")}, ${count(money.changed_n)} changed` : money.said,
            ],
            ["Payment before", pounds(money.pounds_before)],
            ["Payment after", pounds(money.pounds_after)],
            ["Net change", `${pounds(money.net)}${ratio(money.net_share)}`],
            ["Gross change", `${pounds(money.gross)}${ratio(money.gross_share)}`],
          ]}
        />
      ) : (
        <p>
          <Tag>{hrg.said.toLowerCase()}</Tag> No HRG and no amount of money is told before a grouper's result is loaded:
          neither is inferred from codes.
        </p>
      )}
      {money.priced ? <p className="cw-quiet">{money.sign}</p> : null}
      {may("audit:work") ? (
        open ? (
          <div className="cw-row">
            <Button onClick={() => setLoading(true)}>
              {hrg.grouped ? "Load another result" : "Load a grouper's result"}
            </Button>
          </div>
        ) : (
          <p className="cw-quiet">A signed audit takes no grouper's result; open a correction first.</p>
        )
      ) : null}
      {loading ? <Load auditId={results.audit_id} onClose={() => setLoading(false)} /> : null}
    </div>
  );
}

function Load({ auditId, onClose }: { auditId: string; onClose: () => void }) {
  const formId = useId();
  const fileId = useId();
  const client = useQueryClient();
  const [grouper, setGrouper] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const load = useMutation({
    mutationFn: async () => loadGrouping(auditId, grouper, (await file?.text()) ?? ""),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["see_results", auditId] });
      confirmDone(`${counted(made.loaded, "line")} loaded`);
      if (made.refused.length === 0) onClose();
    },
  });
  return (
    <Dialog
      title="Load a grouper's result"
      onClose={onClose}
      foot={
        <>
          <Button
            look="primary"
            type="submit"
            form={formId}
            busy={load.isPending}
            refusal={grouper.trim().length < 2 ? "Name the grouper" : file ? null : "Choose the file"}
          >
            Load
          </Button>
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {load.isError ? (
        <Banner kind="error">
          <strong>{refusalOf(load.error).title}.</strong> {refusalOf(load.error).detail}
        </Banner>
      ) : null}
      <form
        id={formId}
        className="cw-form"
        onSubmit={(event) => {
          event.preventDefault();
          load.mutate();
        }}
      >
        <TextField
          label="Grouper"
          hint="Its name and version, as it will stand in the report"
          value={grouper}
          maxLength={100}
          onChange={(event) => setGrouper(event.target.value)}
        />
        <div className="cw-field">
          <label className="cw-label" htmlFor={fileId}>
            CSV file
          </label>
          <input
            id={fileId}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        </div>
        <Details summary="Columns of the file">
          <p>
            item, or spell and episode; hrg_before, hrg_after; and, both or neither, pounds_before and pounds_after.
            Loading again replaces what an episode had.
          </p>
        </Details>
      </form>
      {load.data && load.data.refused.length > 0 ? (
        <Banner kind="warn">
          <strong>{counted(load.data.refused.length, "line was", "lines were")} not taken.</strong>
          <ul>
            {load.data.refused.map((line) => (
              <li key={line.line}>
                Line {line.line}: {line.reason}
              </li>
            ))}
          </ul>
        </Banner>
      ) : null}
    </Dialog>
  );
}
