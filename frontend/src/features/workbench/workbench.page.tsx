// One page, one episode: read on the left, code in the middle, mend on the right, submit below.
import "@/parts/coding/coding.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { PageHead } from "@/kit/bits.tsx";
import { ErrorState, refusalOf, SkeletonRows } from "@/kit/states.tsx";
import { workbenchQuery } from "./data.ts";
import { OpenEpisode } from "./open-episode.tsx";

const route = getRouteApi("/signed-in/episodes/$episodeId");

export default function WorkbenchPage() {
  const { episodeId } = route.useParams();
  const query = useQuery(workbenchQuery(episodeId));
  const [round, setRound] = useState(0);
  const reload = async () => {
    await query.refetch();
    setRound((before) => before + 1);
  };
  if (query.data) return <OpenEpisode key={`${episodeId}:${round}`} wb={query.data} reload={reload} />;
  if (query.isError && refusalOf(query.error).status === 404) {
    return (
      <div className="cw-page">
        <PageHead title="There is no such episode" />
        <p className="cw-prose">
          The address may be mistyped, or the episode is not there any more. <Link to="/queues">See the queues</Link>,
          or <Link to="/">go to the home page</Link>.
        </p>
      </div>
    );
  }
  if (query.isError) {
    return (
      <div className="cw-page">
        <PageHead title="Episode" />
        <ErrorState error={query.error} onRetry={() => query.refetch()} />
      </div>
    );
  }
  return (
    <div className="wb wb--loading" aria-busy="true">
      <h1 className="cw-hidden" tabIndex={-1} data-page-title>
        Opening the episode
      </h1>
      <div className="wb-patient" />
      <div className="wb-spell" />
      <div className="wb-panes">
        <div className="wb-pane">
          <SkeletonRows rows={10} label="Opening the episode" />
        </div>
        <div />
        <div className="wb-pane wb-pane--codes">
          <SkeletonRows rows={8} label="Loading the codes" />
        </div>
        <div />
        <div className="wb-pane wb-pane--checks" />
      </div>
      <div className="wb-foot" />
    </div>
  );
}
