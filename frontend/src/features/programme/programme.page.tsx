// The year's audits: when each is held, whom they reach, and what draws by itself.
import "./programme.scss";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "@/api/me.ts";
import { PageHead, Tag } from "@/kit/bits.tsx";
import { Button } from "@/kit/button.tsx";
import { whyNot } from "@/kit/confirm.tsx";
import { day } from "@/kit/dates.ts";
import { FilterSelect } from "@/kit/filter-bar.tsx";
import { count, counted } from "@/kit/numbers.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { Tabs } from "@/kit/tabs.tsx";
import { Calendar } from "./calendar.tsx";
import { CoverageTab } from "./coverage.tsx";
import { type Plan, type Programme, plansQuery, programmesQuery } from "./data.ts";
import { MissedAlert } from "./missed-runs.tsx";
import { PlanDialog } from "./plan.dialog.tsx";
import { PlanEdit } from "./plan-edit.dialog.tsx";
import { ProgrammeEdit } from "./programme-edit.dialog.tsx";
import { RecurringTab } from "./recurring.tsx";

const route = getRouteApi("/signed-in/programme");
type Open = { what: "plan"; id: string } | { what: "edit"; id: string } | { what: "new" | "programme" | "year" };

export default function ProgrammePage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/programme" });
  const may = useMay();
  const programmes = useQuery(programmesQuery);
  const all = programmes.data?.items ?? [];
  const programme = all.find((one) => one.financial_year === search.year) ?? all[0];
  const plans = useQuery({ ...plansQuery(programme?.programme_id ?? ""), enabled: Boolean(programme) });
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const go = (to: { tab?: typeof search.tab; year?: string | undefined }) =>
    void navigate({ search: { ...search, ...to }, replace: true });
  const chosen = open && "id" in open ? plans.data?.find((plan) => plan.planned_audit_id === open.id) : undefined;
  const tab = search.tab ?? "calendar";

  return (
    <div className="cw-page">
      <PageHead
        title={programme ? titleOf(programme) : "Audit programme"}
        sub={programme ? headline(programme) : undefined}
        actions={
          programme && tab !== "recurring" && may("programme:edit") ? (
            <Button look="primary" refusal={whyNot(programme.can.plan)} onClick={() => setOpen({ what: "new" })}>
              Plan an audit
            </Button>
          ) : undefined
        }
      />
      <div className="cw-stack">
        {tab === "recurring" ? null : <MissedAlert onSee={() => go({ tab: "recurring" })} />}
        {programmes.isPending ? <SkeletonRows label="Loading the programme" /> : null}
        {programmes.isError ? <ErrorState error={programmes.error} onRetry={() => programmes.refetch()} /> : null}
        {programme ? (
          <div className="cw-filters__row">
            <FilterSelect
              label="Year"
              any={all[0]?.financial_year ?? ""}
              value={search.year === all[0]?.financial_year ? undefined : search.year}
              options={all.slice(1).map((one) => ({ value: one.financial_year, label: one.financial_year }))}
              onChange={(year) => go({ year })}
            />
            {may("programme:edit") ? (
              <Button small refusal={whyNot(programme.can.edit)} onClick={() => setOpen({ what: "programme" })}>
                Change the programme
              </Button>
            ) : null}
            {may("programme:edit") ? (
              <Button small onClick={() => setOpen({ what: "year" })}>
                Begin another year
              </Button>
            ) : null}
          </div>
        ) : null}
        {programmes.data && !programme ? (
          <EmptyState
            title="There is no programme yet"
            action={
              may("programme:edit") ? (
                <Button look="primary" onClick={() => setOpen({ what: "year" })}>
                  Begin this year’s programme
                </Button>
              ) : undefined
            }
          >
            <p>A programme holds a financial year’s planned audits, and shows whom they leave out.</p>
          </EmptyState>
        ) : null}
        {programmes.data ? (
          <Tabs
            label="Parts of the programme"
            open={tab}
            onOpen={(key) => go({ tab: key as typeof tab })}
            tabs={[
              ...(programme
                ? [
                    {
                      key: "calendar",
                      label: "Calendar",
                      panel: (
                        <CalendarPart
                          programme={programme}
                          plans={plans}
                          onOpen={(plan) => setOpen({ what: "plan", id: plan.planned_audit_id })}
                        />
                      ),
                    },
                    { key: "coverage", label: "Coverage", panel: <CoverageTab programme={programme} /> },
                  ]
                : []),
              {
                key: "recurring",
                label: "Recurring draws",
                panel: <RecurringTab programme={programme} mayEdit={may("programme:edit")} />,
              },
            ]}
          />
        ) : null}
      </div>
      {open?.what === "plan" && chosen ? (
        <PlanDialog
          key={chosen.version}
          plan={chosen}
          onEdit={() => setOpen({ what: "edit", id: chosen.planned_audit_id })}
          onClose={close}
        />
      ) : null}
      {open?.what === "edit" && chosen && programme ? (
        <PlanEdit programme={programme} plan={chosen} onClose={close} />
      ) : null}
      {open?.what === "new" && programme ? <PlanEdit programme={programme} onClose={close} /> : null}
      {open?.what === "programme" && programme ? <ProgrammeEdit programme={programme} onClose={close} /> : null}
      {open?.what === "year" ? <ProgrammeEdit onClose={close} /> : null}
    </div>
  );
}

/** The year is said once: a department may have it in the name. */
function titleOf({ name, financial_year }: Programme): string {
  return name.includes(financial_year) ? name : `${name} ${financial_year}`;
}

function headline(programme: Programme): string {
  const { planned_audits, signed, audited, wanted } = programme.progress;
  return `${counted(planned_audits, "audit")} planned · ${count(signed)} signed · ${count(audited)} of ${count(wanted)} episodes audited`;
}

function CalendarPart({
  programme,
  plans,
  onOpen,
}: {
  programme: Programme;
  plans: { data?: Plan[]; isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown };
  onOpen: (plan: Plan) => void;
}) {
  const { dspt_audited, dspt_wanted } = programme.progress;
  return (
    <div className="cw-stack">
      <p className="pg-facts">
        <span>
          DSPT audit: <b>{count(dspt_audited)}</b> of {count(dspt_wanted)} episodes{" "}
          {dspt_audited >= dspt_wanted ? <Tag tone="green">done</Tag> : null}
        </span>
        <span>Owner: {programme.owner.name}</span>
        <span>{programme.agreed_on ? `Agreed on ${day(programme.agreed_on)}` : "Not agreed yet"}</span>
      </p>
      {programme.objectives ? <p>{programme.objectives}</p> : null}
      {plans.isPending ? <SkeletonRows rows={6} label="Loading the planned audits" /> : null}
      {plans.isError ? <ErrorState error={plans.error} onRetry={() => void plans.refetch()} /> : null}
      {plans.data ? <Calendar programme={programme} plans={plans.data} onOpen={onOpen} /> : null}
    </div>
  );
}
