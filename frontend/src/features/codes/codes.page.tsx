// The two classifications, to search and to walk: what stands under a code, and beside it.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Mono, PageHead, Tag } from "@/kit/bits.tsx";
import { classes } from "@/kit/classes.ts";
import { DateField } from "@/kit/date-field.tsx";
import { TextField } from "@/kit/field.tsx";
import { useShortcut } from "@/kit/keyboard.ts";
import { EmptyState, ErrorState, SkeletonRows } from "@/kit/states.tsx";
import { CodeDetail } from "./code-detail.tsx";
import { codesQuery, type System } from "./data.ts";
import "./codes.scss";

const route = getRouteApi("/signed-in/codes");

const systems: readonly { system: System; label: string }[] = [
  { system: "icd10", label: "ICD-10 diagnoses" },
  { system: "opcs4", label: "OPCS-4 procedures" },
];

export default function CodesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const system = search.system ?? "icd10";
  const [words, setWords] = useState(search.q ?? "");
  const field = useRef<HTMLInputElement>(null);
  useShortcut({ keys: "Alt+S", label: "Search the codes", group: "Codes", onPress: () => field.current?.focus() });

  // The address follows the typing with a breath between, so that Back leads to a search and not to a letter.
  useEffect(() => {
    const timer = setTimeout(() => {
      if ((search.q ?? "") !== words.trim()) {
        void navigate({ search: (now) => ({ ...now, q: words.trim() || undefined }), replace: true });
      }
    }, 200);
    return () => clearTimeout(timer);
  }, [words, search.q, navigate]);

  const found = useQuery(codesQuery(system, search.q ?? "", search.on));
  const edition = found.data?.edition;
  const hits = search.q ? (found.data?.items ?? []) : [];
  // Nothing is marked before an arrow is pressed; new words or answers unmark.
  const [mark, setMark] = useState<{ code: string; q: string } | null>(null);
  const marked = mark && mark.q === words.trim() ? hits.findIndex((hit) => hit.code === mark.code) : -1;
  const listId = useId();

  // As in the workbench: arrows choose, Enter opens what is chosen, or the first where nothing is.
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && hits.length > 0) {
      event.preventDefault();
      const at = marked < 0 ? (step === 1 ? 0 : hits.length - 1) : (marked + step + hits.length) % hits.length;
      const hit = hits[at];
      if (hit) setMark({ code: hit.code, q: words.trim() });
      document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const answered = (search.q ?? "") === words.trim() && !found.isPlaceholderData;
      const hit = hits[Math.max(marked, 0)];
      if (hit && answered) void navigate({ search: { ...search, system, code: hit.code } });
    } else if (event.key === "Escape" && marked >= 0) {
      event.preventDefault();
      setMark(null);
    }
  };

  return (
    <div className="cw-page">
      <PageHead
        title="Codes"
        sub={
          edition ? (
            <>
              {edition.title} {edition.starter ? <Tag tone="amber">starter set</Tag> : null}
            </>
          ) : undefined
        }
      />
      <nav className="codes__systems" aria-label="Classification">
        {systems.map((each) => (
          <Link
            key={each.system}
            to="/codes"
            search={{ system: each.system, q: search.q, on: search.on }}
            aria-current={each.system === system ? "true" : undefined}
          >
            {each.label}
          </Link>
        ))}
      </nav>
      <div className="codes">
        <div className="cw-stack">
          <div className="codes__search">
            <TextField
              ref={field}
              label="Code or words"
              hint="Words may be shortened and in any order: frac nof, card cath"
              type="search"
              value={words}
              autoFocus
              autoComplete="off"
              role="combobox"
              aria-autocomplete="list"
              aria-expanded={hits.length > 0}
              aria-controls={hits.length > 0 ? listId : undefined}
              aria-activedescendant={marked >= 0 ? `${listId}-${marked}` : undefined}
              onKeyDown={onKeyDown}
              onChange={(event) => setWords(event.target.value)}
            />
            <DateField
              label="As on"
              hint="Empty is today"
              value={search.on ?? ""}
              onSettled={(on) => {
                if (on !== (search.on ?? ""))
                  void navigate({ search: (now) => ({ ...now, on: on || undefined }), replace: true });
              }}
            />
          </div>
          {found.isLoading ? <SkeletonRows rows={8} label="Searching" /> : null}
          {found.isError ? <ErrorState error={found.error} onRetry={() => found.refetch()} /> : null}
          {!search.q ? (
            <EmptyState title="Type a code or words">
              <p>Results are ranked by how often a code is used nationally.</p>
            </EmptyState>
          ) : null}
          {search.q && found.data?.items.length === 0 ? (
            <EmptyState title={`Nothing in ${system === "icd10" ? "ICD-10" : "OPCS-4"} matches`}>
              <p>
                Try fewer or shorter words.
                {edition?.starter
                  ? " This edition is a starter set of common codes: load the TRUD file for the whole classification."
                  : ""}
              </p>
            </EmptyState>
          ) : null}
          {hits.length > 0 ? (
            <div
              id={listId}
              role="listbox"
              className={classes("cw-plain", "codes__list", found.isPlaceholderData && "codes__list--old")}
              aria-label="Codes found"
            >
              {hits.map((item, at) => (
                <Link
                  key={item.code}
                  id={`${listId}-${at}`}
                  role="option"
                  aria-selected={at === marked}
                  to="/codes"
                  search={{ ...search, system, code: item.code }}
                  className="codes__item"
                  aria-current={item.code === search.code ? "true" : undefined}
                >
                  <Mono>{item.dotted}</Mono>
                  <span>
                    {item.title}
                    {item.leaf ? null : <span className="cw-quiet"> · needs {item.missing}</span>}
                  </span>
                  <span className="codes__marks">
                    {item.dagger ? <Tag>dagger †</Tag> : null}
                    {item.asterisk ? <Tag>asterisk *</Tag> : null}
                    {item.one_in ? <span className="cw-quiet">1 in {item.one_in.toLocaleString("en-GB")}</span> : null}
                  </span>
                </Link>
              ))}
            </div>
          ) : null}
        </div>
        <section className="codes__detail" aria-label="The chosen code">
          {search.code ? (
            <CodeDetail key={`${system}${search.code}`} system={system} code={search.code} on={search.on} />
          ) : (
            <p className="cw-quiet">Choose a code to see what stands under it and beside it.</p>
          )}
        </section>
      </div>
    </div>
  );
}
