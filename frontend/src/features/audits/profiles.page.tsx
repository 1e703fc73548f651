// The rules audits are held by, as data: methodology, thresholds, citations and trainee progression.
import "./audits.scss";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { Mono, None, PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { day } from "@/kit/dates.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { type Column, DataTable } from "@/kit/table.tsx";
import { AddProfile } from "./add-profile.tsx";
import { type ProfileRow, profilesQuery } from "./data.ts";

const columns: readonly Column<ProfileRow>[] = [
  { key: "kind", heading: "About", nowrap: true, cell: (profile) => profile.kind_label },
  {
    key: "name",
    heading: "Profile",
    rowHeading: true,
    width: "grow",
    cell: (profile) => (
      <Link to="/audit-profiles/$profileId" params={{ profileId: profile.profile_id }}>
        {profile.name}
      </Link>
    ),
  },
  { key: "key", heading: "Key", cell: (profile) => <Mono>{profile.key}</Mono> },
  {
    key: "for",
    heading: "For",
    cell: (profile) => profile.organisation_type?.replaceAll("_", " ") ?? <None>any Trust</None>,
  },
  {
    key: "version",
    heading: "Version",
    nowrap: true,
    cell: (profile) => (
      <>
        {profile.version}
        {profile.latest > profile.version ? `, ${profile.latest} to come` : ""}
      </>
    ),
  },
  {
    key: "from",
    heading: "In force",
    nowrap: true,
    cell: (profile) => (
      <>
        {profile.valid_to
          ? `${day(profile.valid_from)} to ${day(profile.valid_to)}`
          : `from ${day(profile.valid_from)}`}{" "}
        {profile.in_force ? null : <Tag tone="amber">not today</Tag>}
      </>
    ),
  },
  {
    key: "by",
    heading: "Published by",
    cell: (profile) => profile.by_name ?? <None>comes with Codewell</None>,
  },
];

export default function ProfilesPage() {
  const may = useMay();
  const profiles = useQuery(profilesQuery());
  const [adding, setAdding] = useState(false);
  return (
    <div className="cw-page">
      <PageHead
        title="Audit profiles"
        sub="What counts, what must be reached, what can be cited: versioned, dated, this Trust's own to edit"
        actions={
          may("audit_profile:edit") ? (
            <Button look="primary" onClick={() => setAdding(true)}>
              Add a profile
            </Button>
          ) : undefined
        }
      />
      <p className="cw-prose">
        What comes with Codewell is neutral and in our own words. The national methodology and its error keys are for
        approved auditors; an approved auditor of this Trust can publish versions that follow.
      </p>
      {profiles.isPending ? <SkeletonRows /> : null}
      {profiles.isError ? <ErrorState error={profiles.error} onRetry={() => profiles.refetch()} /> : null}
      {profiles.data ? (
        <DataTable
          caption="Profiles"
          columns={columns}
          rows={profiles.data.items}
          keyOf={(profile) => profile.profile_id}
        />
      ) : null}
      {adding && profiles.data ? <AddProfile profiles={profiles.data.items} onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
