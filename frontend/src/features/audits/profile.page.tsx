// One profile: what a version holds, its versions, what two of them say differently, and the next one.
import "./audits.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Facts, Mono, None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { day, instant } from "@/kit/dates.ts";
import { Select } from "@/kit/field.tsx";
import { counted } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { DataTable } from "@/kit/table.tsx";
import { comparisonQuery, type Profile, profileQuery } from "./data.ts";
import { ProfileBody } from "./profile-body.tsx";
import { ProfileEditor } from "./profile-editor.tsx";

const route = getRouteApi("/signed-in/audit-profiles/$profileId");

export default function ProfilePage() {
  const { profileId } = route.useParams();
  const search = route.useSearch();
  const chosen = Number(search.version);
  const found = useQuery(profileQuery(profileId, chosen > 0 ? chosen : undefined));
  const [editing, setEditing] = useState(false);
  const profile = found.data;
  const newest = profile?.version === profile?.latest;
  return (
    <div className="cw-page">
      <PageHead
        title={profile?.name ?? "Profile"}
        trail={<Link to="/audit-profiles">Audit profiles</Link>}
        sub={
          profile ? (
            <>
              {profile.kind_label} · <Mono>{profile.key}</Mono> · version {profile.version}{" "}
              {profile.in_force ? <Tag tone="green">in force</Tag> : <Tag>not in force today</Tag>}
            </>
          ) : undefined
        }
        actions={
          profile && !editing ? (
            <Button
              look="primary"
              refusal={whyNot(profile.can.publish ?? false) ?? (newest ? null : "The next version follows the newest.")}
              onClick={() => setEditing(true)}
            >
              Make the next version
            </Button>
          ) : undefined
        }
      />
      {found.isPending ? <SkeletonRows /> : null}
      {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
      {profile && editing ? (
        <ProfileEditor key={profile.version} profile={profile} onClose={() => setEditing(false)} />
      ) : null}
      {profile && !editing ? (
        <div className="cw-stack cw-stack--wide">
          <Facts
            items={[
              [
                "In force",
                profile.valid_to
                  ? `${day(profile.valid_from)} to ${day(profile.valid_to)}`
                  : `from ${day(profile.valid_from)}`,
              ],
              ["For", profile.organisation_type?.replaceAll("_", " ") ?? "any Trust"],
              [profile.shipped ? "Source" : "Why", profile.reason],
              profile.by_name ? ["Published", `${instant(profile.at)} by ${profile.by_name}`] : null,
            ]}
          />
          <ProfileBody kind={profile.kind} body={profile.body} />
          <Versions profile={profile} />
        </div>
      ) : null}
    </div>
  );
}

function Versions({ profile }: { profile: Profile }) {
  const [was, setWas] = useState(profile.versions[1]?.version ?? profile.version);
  const [now, setNow] = useState(profile.versions[0]?.version ?? profile.version);
  const compared = useQuery(comparisonQuery(profile.profile_id, was, now));
  const options = profile.versions.map((one) => ({ value: String(one.version), label: `Version ${one.version}` }));
  return (
    <section className="cw-stack" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <DataTable
        caption="Versions, newest first"
        sticky={false}
        columns={[
          {
            key: "version",
            heading: "Version",
            rowHeading: true,
            width: "narrow",
            cell: (one) => (
              <Link
                to="/audit-profiles/$profileId"
                params={{ profileId: profile.profile_id }}
                search={{ version: String(one.version) }}
              >
                {one.version}
              </Link>
            ),
          },
          { key: "name", heading: "Name", cell: (one) => one.name },
          {
            key: "days",
            heading: "In force",
            nowrap: true,
            cell: (one) => `${day(one.valid_from)} ${one.valid_to ? `to ${day(one.valid_to)}` : "on"}`,
          },
          { key: "why", heading: "Why", width: "grow", cell: (one) => one.reason },
          { key: "by", heading: "By", cell: (one) => one.by_name ?? <None>comes with Codewell</None> },
        ]}
        rows={profile.versions}
        keyOf={(one) => String(one.version)}
      />
      {profile.versions.length > 1 ? (
        <>
          <div className="au-pair">
            <Select
              label="Compare"
              width="short"
              value={String(was)}
              options={options}
              onChange={(event) => setWas(Number(event.target.value))}
            />
            <Select
              label="with"
              width="short"
              value={String(now)}
              options={options}
              onChange={(event) => setNow(Number(event.target.value))}
            />
          </div>
          {compared.isError ? <ErrorState error={compared.error} /> : null}
          {was === now ? <p className="cw-quiet">Choose two versions.</p> : null}
          {compared.data && compared.data.differences.length === 0 ? <p>They say the same.</p> : null}
          {compared.data && compared.data.differences.length > 0 ? (
            <DataTable
              caption={counted(compared.data.differences.length, "difference")}
              captionShown
              sticky={false}
              columns={[
                { key: "path", heading: "Where", rowHeading: true, cell: (one) => one.path.replaceAll(".", " › ") },
                { key: "was", heading: `Version ${was}`, cell: (one) => one.was ?? <None>nothing</None> },
                { key: "now", heading: `Version ${now}`, cell: (one) => one.now ?? <None>nothing</None> },
              ]}
              rows={compared.data.differences}
              keyOf={(one) => one.path}
            />
          ) : null}
        </>
      ) : null}
    </section>
  );
}
