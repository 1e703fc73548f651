// Filters are the address of the page: nothing here holds state but what is in the URL.
import type { ReactNode } from "react";

export type ChosenFilter = { key: string; label: string; onRemove: () => void };

/** A row of small selects, and under it what is chosen, each removable. */
export function FilterBar({
  label = "Filter the list",
  children,
  chosen = [],
  onClear,
  aside,
}: {
  label?: string;
  children: ReactNode;
  chosen?: readonly ChosenFilter[];
  onClear?: () => void;
  aside?: ReactNode;
}) {
  return (
    <search className="cw-filters" aria-label={label}>
      <div className="cw-filters__row">
        {children}
        {aside ? <div className="cw-filters__aside">{aside}</div> : null}
      </div>
      {chosen.length > 0 ? (
        <ul className="cw-filters__chosen" aria-label="Filters in use">
          {chosen.map((filter) => (
            <li key={filter.key}>
              <button type="button" className="cw-chip" onClick={filter.onRemove}>
                <span className="cw-hidden">Remove filter </span>
                {filter.label} <span aria-hidden="true">✕</span>
              </button>
            </li>
          ))}
          {onClear ? (
            <li>
              <button type="button" className="cw-button cw-button--link" onClick={onClear}>
                Clear filters
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </search>
  );
}

/** One choice of a filter bar: the empty value is "any". */
export function FilterSelect({
  label,
  value,
  options,
  any,
  onChange,
}: {
  label: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  any: string;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <label className="cw-filter">
      <span className="cw-filter__label">{label}</span>
      <select
        className="cw-input cw-select cw-input--compact"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{any}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
