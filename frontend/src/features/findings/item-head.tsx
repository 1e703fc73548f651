import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Details, Facts, Mono, None, PageHead, Tag } from "@/kit/bits.tsx";
import { day, instantNear } from "@/kit/dates.ts";
import type { FindingItem } from "./data.ts";
import { OwnCodes } from "./finding-card.tsx";
import { OwnSheet } from "./own-sheet.tsx";
import { dueOf } from "./words.ts";

/** The episode that the findings are about, and the codes as they were audited. */
export function ItemHead({ item, trail, mine }: { item: FindingItem; trail: ReactNode; mine: boolean }) {
  const due = dueOf(item.findings, mine);
  return (
    <>
      <PageHead
        title={`Findings: episode ended ${day(item.ended_on)}`}
        trail={trail}
        sub={
          <>
            <Mono>{item.audit.reference}</Mono> {item.audit.title}{" "}
            {item.state === "settled" ? <Tag tone="green">settled</Tag> : null}
            {(mine ? due?.overdue : item.overdue) ? <Tag tone="red">overdue</Tag> : null}
          </>
        }
      />
      <div className="cw-stack fi-about">
        <Facts
          inline
          items={[
            ["Specialty", item.specialty?.name ?? item.specialty?.code ?? <None />],
            mine ? null : ["Coder", item.coder_name ?? <None>not named</None>],
            ["Coded", item.coded_at ? instantNear(item.coded_at) : <None />],
            ["Auditor", item.auditor_name ?? <None />],
            ["Sent", item.sent_at ? instantNear(item.sent_at) : <None />],
            due ? [mine ? "Reply by" : "Answer by", day(due.due_on)] : null,
            mine && item.sent_at ? ["Sheet", <OwnSheet key="sheet" audit={item.audit} />] : null,
          ]}
        />
        <Details summary={mine ? "Your codes as they were audited" : "The codes as they were audited"}>
          <OwnCodes diagnoses={item.diagnoses} procedures={item.procedures} />
          {mine ? (
            <p>
              <Link to="/episodes/$episodeId" params={{ episodeId: item.episode_id }}>
                Open the episode and its documents
              </Link>
            </p>
          ) : null}
        </Details>
      </div>
    </>
  );
}
