// What is mine: open now, returned to me, assigned to me.
import "./queues.scss";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { counted } from "@/kit/numbers.ts";
import { Banner, EmptyState, ErrorState, NoPermission, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { myWorkQuery, type WorkItem } from "./data.ts";
import { useClaim } from "./use-claim.ts";
import { WorkTable } from "./work-table.tsx";

export default function MyWorkPage() {
  const may = useMay();
  const allowed = may("work_item:claim");
  const mine = useQuery({ ...myWorkQuery, enabled: allowed });
  const claim = useClaim();
  const take = () => claim.mutate({ queues: null, specialties: null });
  useShortcut({
    keys: "Alt+N",
    label: "Take the next episode",
    group: "My work",
    enabled: allowed && !claim.isPending,
    onPress: take,
  });
  if (!allowed) {
    return (
      <div className="cw-page">
        <PageHead title="My work" />
        <NoPermission />
      </div>
    );
  }
  const leased: WorkItem[] = mine.data?.leased ?? [];
  const open = new Set(leased.map((item) => item.episode_id));
  const rest: WorkItem[] = (mine.data?.assigned ?? []).filter((item: WorkItem) => !open.has(item.episode_id));
  const returned = rest.filter((item) => item.why.code === "returned");
  const assigned = rest.filter((item) => item.why.code !== "returned");
  const all = leased.length + rest.length;
  return (
    <div className="cw-page qu">
      <PageHead
        title="My work"
        sub={mine.data ? `${counted(all, "episode")}, of which ${leased.length} open now` : undefined}
        actions={
          <Button look="primary" keys="Alt+N" busy={claim.isPending} onClick={take}>
            Take the next
          </Button>
        }
      />
      {claim.isError ? (
        <div className="qu-note">
          <Banner kind="warn">
            <b>{refusalOf(claim.error).title}.</b> {refusalOf(claim.error).detail}
          </Banner>
        </div>
      ) : null}
      {mine.isPending ? <SkeletonRows rows={6} label="Loading your work" /> : null}
      {mine.isError ? <ErrorState error={mine.error} onRetry={() => mine.refetch()} /> : null}
      {mine.isSuccess && all === 0 ? (
        <EmptyState title="Nothing is yours yet" action={<Link to="/queues">See the queues</Link>}>
          <p>
            Take the next episode with <kbd>Alt N</kbd>, or open one from the queues. What a manager assigns to you, and
            what a checker returns, comes here too.
          </p>
        </EmptyState>
      ) : null}
      <Part title="Returned to me" note="Read the checker’s reason, mend, and send it again." items={returned} />
      <Part title="Open with me" note="Nobody else can take these until the time runs out." items={leased} />
      <Part title="Assigned to me" items={assigned} />
    </div>
  );
}

function Part({ title, note, items }: { title: string; note?: string; items: readonly WorkItem[] }) {
  if (items.length === 0) return null;
  return (
    <section className="qu-part">
      <div className="cw-section__head">
        <h2>{title}</h2>
        {note ? <span className="cw-quiet">{note}</span> : null}
      </div>
      <WorkTable caption={title} items={items} />
    </section>
  );
}
