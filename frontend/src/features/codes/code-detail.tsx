import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Facts, Mono, Tag } from "@/kit/bits.tsx";
import { day } from "@/kit/dates.ts";
import { count } from "@/kit/numbers.ts";
import { ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { codeQuery, type System } from "./data.ts";

type Near = { code: string; dotted: string; title: string };

export function CodeDetail({ system, code, on }: { system: System; code: string; on: string | undefined }) {
  const found = useQuery(codeQuery(system, code, on));
  if (found.isPending) return <SkeletonRows rows={6} />;
  if (found.isError) return <ErrorState error={found.error} onRetry={() => found.refetch()} />;
  const it = found.data;
  return (
    <div className="cw-stack cw-stack--wide">
      <div>
        <h2 className="codes__title">
          <Mono>{it.dotted}</Mono> {it.title}
        </h2>
        <div className="cw-row">
          {it.leaf || it.valid_at_3 ? (
            <Tag tone="green">valid to code with</Tag>
          ) : (
            <Tag tone="red">not valid at 3 characters</Tag>
          )}
          {it.dagger ? <Tag>dagger †</Tag> : null}
          {it.asterisk ? <Tag>asterisk *, never primary</Tag> : null}
        </div>
      </div>
      <Facts
        items={[
          ["Edition", `${it.edition.title}${it.edition.starter ? " (starter set)" : ""}`],
          [
            "Valid",
            it.edition.valid_to_on
              ? `${day(it.edition.valid_from_on)} to ${day(it.edition.valid_to_on)}`
              : `from ${day(it.edition.valid_from_on)}`,
          ],
          it.category_title ? ["Category", it.category_title] : null,
          it.usage_count ? ["National use", `${count(it.usage_count)} times a year`] : null,
          it.sex ? ["Sex", it.sex === "1" ? "males only" : "females only"] : null,
        ]}
      />
      <NearList
        title="Under it"
        system={system}
        on={on}
        items={it.children}
        none="Nothing: this is the finest level."
      />
      <NearList title="Beside it" system={system} on={on} items={it.siblings} none="Nothing." />
    </div>
  );
}

function NearList({
  title,
  system,
  on,
  items,
  none,
}: {
  title: string;
  system: System;
  on: string | undefined;
  items: readonly Near[];
  none: ReactNode;
}) {
  return (
    <section>
      <h3>{title}</h3>
      {items.length === 0 ? <p className="cw-quiet">{none}</p> : null}
      <ul className="cw-plain">
        {items.map((item) => (
          <li key={item.code}>
            <Link to="/codes" search={(now) => ({ ...now, system, code: item.code, on })} className="codes__near">
              <Mono>{item.dotted}</Mono> <span>{item.title}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
