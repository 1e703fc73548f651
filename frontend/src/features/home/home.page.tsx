// The first page of the day: what presses, what is mine, what waits. What stands first depends on what the person may do.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMay, useMe } from "@/api/me.ts";
import { PageHead } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { monthName } from "@/kit/dates.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { count, counted } from "@/kit/numbers.ts";
import { Banner, refusalOf } from "@/kit/states.tsx";
import { countsQuery, deadlinesQuery, programmeCountsQuery } from "@/parts/waiting.ts";
import { claimNext } from "./data.ts";
import { Deadlines } from "./deadlines.tsx";
import { MyWork } from "./my-work.tsx";
import { OnlyCodes } from "./only-codes.tsx";
import { QueuesByAge } from "./queues-by-age.tsx";
import { SystemState } from "./system-state.tsx";
import { Waiting } from "./waiting.tsx";
import "./home.scss";

export default function HomePage() {
  const me = useMe();
  const may = useMay();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const codes = may("work_item:claim");
  const leads = may("work_item:assign");
  // Whoever neither codes nor keeps the system has nothing that could wait here yet.
  const onlyCodes = !["work_item:list", "intake:monitor", "trail:search", "person:list"].some(may);
  const counts = useQuery({ ...countsQuery, enabled: may("work_item:list") });
  const programme = useQuery({ ...programmeCountsQuery, enabled: may("programme:see") });
  const deadlines = useQuery({ ...deadlinesQuery, enabled: may("timetable:see") });

  const claim = useMutation({
    mutationFn: claimNext,
    onSuccess: (item) => {
      void queryClient.invalidateQueries({ queryKey: ["count_work_items"] });
      void queryClient.invalidateQueries({ queryKey: ["list_my_work"] });
      void navigate({ to: "/episodes/$episodeId", params: { episodeId: item.episode_id } });
    },
  });
  useShortcut({
    keys: "Alt+N",
    label: "Take the next episode",
    group: "Home",
    enabled: codes && !claim.isPending,
    onPress: () => claim.mutate(),
  });

  const next = deadlines.data?.items[0];
  const title =
    next && codes
      ? `${counted(next.uncoded, "episode")} to code before the ${monthName(next.activity_month)} ${next.phase}`
      : `Welcome, ${me.name}`;

  return (
    <div className="cw-page">
      <PageHead
        title={title}
        sub={
          counts.data
            ? `${count(counts.data.total)} not coded in the whole Trust · ${count(counts.data.held)} held`
            : undefined
        }
        actions={
          codes ? (
            <Button look="primary" keys="Alt+N" busy={claim.isPending} onClick={() => claim.mutate()}>
              Take the next
            </Button>
          ) : undefined
        }
      />
      {programme.data && programme.data.missed_runs > 0 ? (
        <div className="home__note">
          <Banner kind="error">
            <strong>
              {counted(programme.data.missed_runs, "recurring draw of audits", "recurring draws of audits")} missed.
            </strong>{" "}
            <Link to="/programme" search={{ tab: "recurring" }}>
              Make them, or say why not
            </Link>
          </Banner>
        </div>
      ) : null}
      {claim.isError ? (
        <div className="home__note">
          <Banner kind="warn">
            <strong>{refusalOf(claim.error).title}.</strong> {refusalOf(claim.error).detail}{" "}
            <Link to="/queues">See the queues</Link>
          </Banner>
        </div>
      ) : null}
      <div className="cw-columns cw-columns--main">
        <div className="cw-stack cw-stack--wide">
          {leads ? (
            <>
              <QueuesByAge counts={counts} />
              <MyWork />
            </>
          ) : codes ? (
            <>
              <MyWork />
              <QueuesByAge counts={counts} />
            </>
          ) : onlyCodes ? (
            <OnlyCodes />
          ) : (
            <>
              <Waiting first />
              <SystemState />
            </>
          )}
        </div>
        <div className="cw-stack cw-stack--wide">
          {may("timetable:see") ? <Deadlines deadlines={deadlines} /> : null}
          {codes || leads ? <Waiting /> : null}
        </div>
      </div>
    </div>
  );
}
