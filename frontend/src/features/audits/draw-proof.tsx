// How the sample was drawn, and the proof that it can be drawn again.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Facts, Mono, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { instant } from "@/kit/dates.ts";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import type { Audit } from "@/parts/audit.ts";
import { drawQuery, replayDraw } from "./data.ts";
import { LeftOut, Strata } from "./strata.tsx";
import { methods } from "./words.ts";

export function DrawProof({ audit }: { audit: Audit }) {
  const draw = useQuery(drawQuery(audit.audit_id));
  const replay = useMutation({ mutationFn: () => replayDraw(audit.audit_id) });
  return (
    <section className="cw-stack" aria-labelledby="draw-title">
      <h2 id="draw-title">The draw</h2>
      {draw.isPending ? <SkeletonRows rows={4} /> : null}
      {draw.isError ? <ErrorState error={draw.error} onRetry={() => draw.refetch()} /> : null}
      {draw.data ? (
        <div className="cw-columns">
          <div className="cw-stack">
            <Facts
              items={[
                ["Method", methods.find((one) => one.value === draw.data.method)?.label ?? draw.data.method],
                ["Drawn", `${instant(draw.data.at)} by ${draw.data.by_name}`],
                ["Frame", `${counted(draw.data.frame_size, "episode")}, of which ${count(draw.data.drawn)} were drawn`],
                ["Seed", <Mono key="s">{draw.data.seed}</Mono>],
                [
                  "Hash of the frame",
                  <span key="h" className="au-hash">
                    {draw.data.frame_hash}
                  </span>,
                ],
              ]}
            />
            <LeftOut left={draw.data.left_out} />
            <div className="cw-row">
              <Button busy={replay.isPending} onClick={() => replay.mutate()}>
                Draw it again from its frame and seed
              </Button>
            </div>
            {replay.isError ? <ErrorState error={replay.error} /> : null}
            <div role="status">
              {replay.data ? (
                <Banner kind={replay.data.same ? "success" : "error"}>
                  <strong>
                    {replay.data.same
                      ? `The same list: all ${counted(replay.data.items.length, "episode")} came out as they were drawn.`
                      : "Not the same list: the draw does not come out as it is stored."}
                  </strong>
                </Banner>
              ) : null}
            </div>
            {replay.data ? (
              <DataTable
                caption={`Drawn again ${instant(replay.data.replayed_at)}`}
                captionShown
                sticky={false}
                columns={[
                  { key: "what", heading: "Worked out again", rowHeading: true, cell: (step) => step.what },
                  { key: "was", heading: "Then", cell: (step) => <span className="au-hash">{step.was}</span> },
                  { key: "now", heading: "Now", cell: (step) => <span className="au-hash">{step.now}</span> },
                  {
                    key: "same",
                    heading: "Result",
                    width: "narrow",
                    cell: (step) => (step.same ? <Tag tone="green">same</Tag> : <Tag tone="red">differs</Tag>),
                  },
                ]}
                rows={replay.data.steps}
                keyOf={(step) => step.what}
              />
            ) : null}
          </div>
          <Strata by={draw.data.by} strata={draw.data.strata} />
        </div>
      ) : null}
    </section>
  );
}
