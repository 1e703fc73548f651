// What has to be known before coding goes on: withdrawn, changed, returned, lent to someone else, refused.
import { Button } from "@/kit/button.tsx";
import { Banner, ErrorState } from "@/kit/states.tsx";
import type { Workbench } from "@/parts/coding/wire.ts";
import { factWords } from "./conflict.ts";

export function Banners({
  wb,
  lost,
  problem,
  onReload,
  onNews,
}: {
  wb: Workbench;
  lost: string | null;
  problem: unknown;
  onReload: () => void;
  /** Set when the episode is not as it was opened: shows what has come. */
  onNews: (() => void) | null;
}) {
  const { coding } = wb;
  return (
    <div className="wb-banners">
      {wb.episode.deleted ? (
        <Banner kind="warn">
          The PAS has withdrawn this episode. Its codes are kept, and nothing can be submitted.
        </Banner>
      ) : null}
      {wb.changed.length > 0 ? (
        <Banner kind="warn">
          <b>Changed after coding.</b> The codes are kept. {wb.changed.map(factWords).join("; ")}.
        </Banner>
      ) : null}
      {coding?.state === "returned" && coding.reason ? (
        <Banner kind="warn">
          <b>Returned{coding.checked_by_name ? ` by ${coding.checked_by_name}` : ""}:</b> {coding.reason}
        </Banner>
      ) : null}
      {onNews ? (
        <Banner kind="warn">
          <b>This episode has changed since you opened it.</b>{" "}
          <Button look="link" onClick={onNews}>
            Show what has come
          </Button>
        </Banner>
      ) : null}
      {lost ? (
        <Banner kind="warn">
          <b>{lost}</b> What you typed is kept as your draft.{" "}
          <Button look="link" onClick={onReload}>
            Show it as it is now
          </Button>
        </Banner>
      ) : null}
      {problem ? <ErrorState error={problem} /> : null}
    </div>
  );
}
