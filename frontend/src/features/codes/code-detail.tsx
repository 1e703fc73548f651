import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Facts, Mono, Tag } from "@/kit/bits.tsx";
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
          {it.leaf ? <Tag tone="green">valid to code with</Tag> : <Tag tone="red">not valid: needs {it.missing}</Tag>}
          {it.dagger ? <Tag>dagger †</Tag> : null}
          {it.asterisk ? <Tag>asterisk *, never primary</Tag> : null}
        </div>
      </div>
      <Facts
        items={[
          ["Edition", `${it.edition.title}${it.edition.starter ? " (starter set)" : ""}`],
          it.category_title ? ["Category", it.category_title] : null,
          it.one_in
            ? ["Use", `about 1 in ${count(it.one_in)} coded lines (${count(it.usage_count)} in the national figures)`]
            : ["Use", "not in the national figures"],
          it.sex ? ["Sex", it.sex === 1 ? "males only" : "females only"] : null,
          it.age_min !== null || it.age_max !== null ? ["Age", ages(it.age_min, it.age_max)] : null,
          it.partners.length > 0 ? [it.dagger ? "With asterisk" : "With dagger", it.partners.join(", ")] : null,
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

function ages(from: number | null, to: number | null): string {
  if (from === null) return `up to ${to} years`;
  return to === null ? `${from} years and over` : `${from} to ${to} years`;
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
