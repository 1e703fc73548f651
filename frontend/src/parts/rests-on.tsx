// The findings that a recommendation rests on: chosen from those of the audit, by standard and class.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client.ts";
import { pagesOptions, rowsOf } from "@/api/pages.ts";
import { Mono } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { Checkbox, Fieldset } from "@/kit/field.tsx";
import { FilterSelect } from "@/kit/filter-bar.tsx";
import { counted } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { classes } from "./finding-form.tsx";

export type FindingRef = Schemas["FindingRef"];
type Position = Schemas["ResultPositionOut"];

/** One finding among all of an audit. */
export const refKey = ({ item_id, no }: FindingRef) => `${item_id} ${no}`;

function findingPages(auditId: string, code_class: Schemas["CodeClass"] | undefined, standard: string | undefined) {
  return pagesOptions<Position>(
    ["list_result_positions", auditId, { outcome: "discrepancy", code_class, standard }],
    (cursor, signal) =>
      answer(
        api.GET("/api/v1/audits/{audit_id}/results/positions", {
          params: {
            path: { audit_id: auditId },
            query: { outcome: "discrepancy", code_class, standard, cursor, limit: 100 },
          },
          signal,
        }),
      ),
  );
}

export function RestsOn({
  auditId,
  chosen,
  onChange,
}: {
  auditId: string;
  chosen: readonly FindingRef[];
  onChange: (chosen: FindingRef[]) => void;
}) {
  const [klass, setKlass] = useState<Schemas["CodeClass"]>();
  const [standard, setStandard] = useState<string>();
  const found = useInfiniteQuery(findingPages(auditId, klass, standard));
  const rows = rowsOf<Position>(found.data);
  // Standards are those of what was read so far, and the one that is chosen.
  const standards = [...new Set([...rows.flatMap((one) => one.standards), ...(standard ? [standard] : [])])].sort();
  const keys = new Set(chosen.map(refKey));
  const shown = rows.map(({ item_id, no }) => ({ item_id, no }));
  const all = shown.length > 0 && shown.every((one) => keys.has(refKey(one)));
  return (
    <Fieldset
      legend="Findings it rests on"
      hint={
        chosen.length === 0 ? "None: it rests on the audit as a whole" : `${counted(chosen.length, "finding")} chosen`
      }
    >
      <div className="cw-filters__row">
        <FilterSelect
          label="Class"
          any="Any"
          value={klass}
          options={Object.entries(classes).map(([value, label]) => ({ value, label }))}
          onChange={(value) => setKlass(value as Schemas["CodeClass"] | undefined)}
        />
        <FilterSelect
          label="Standard"
          any="Any"
          value={standard}
          options={standards.map((value) => ({ value, label: value }))}
          onChange={setStandard}
        />
        {shown.length > 0 ? (
          <Button
            small
            onClick={() => {
              const here = new Set(shown.map(refKey));
              onChange([...chosen.filter((one) => !here.has(refKey(one))), ...(all ? [] : shown)]);
            }}
          >
            {all ? "None of these" : `All ${shown.length} of these`}
          </Button>
        ) : null}
      </div>
      {found.isPending ? <SkeletonRows rows={3} label="Loading the findings" /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {found.data && rows.length === 0 ? <p className="cw-quiet">No finding is like that.</p> : null}
      {rows.length > 0 ? (
        <div className="rc-findings">
          {rows.map((one) => (
            <Checkbox
              key={refKey(one)}
              label={<Finding one={one} />}
              checked={keys.has(refKey(one))}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...chosen, { item_id: one.item_id, no: one.no }]
                    : chosen.filter((ref) => refKey(ref) !== refKey(one)),
                )
              }
            />
          ))}
          {found.hasNextPage ? (
            <Button small look="link" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              Show more
            </Button>
          ) : null}
        </div>
      ) : null}
    </Fieldset>
  );
}

function Finding({ one }: { one: Position }) {
  return (
    <>
      Episode {one.item_no}: {one.error_label?.toLowerCase() ?? "difference"}{" "}
      {one.trust ? <Mono>{one.trust.dotted}</Mono> : null}
      {one.trust && one.auditor ? " → " : null}
      {one.auditor ? <Mono>{one.auditor.dotted}</Mono> : null}{" "}
      <span className="cw-quiet">
        {one.code_class_label.toLowerCase()}
        {one.standards.length > 0 ? `, ${one.standards.join(", ")}` : ""}
      </span>
    </>
  );
}
