/** Moves the focus between the parts of the page: documents, diagnoses, procedures, checks. */
export function hop(by: 1 | -1): void {
  const parts = [
    '[data-pane="left"] [role="tab"][aria-selected="true"]',
    '[data-list="diagnoses"]',
    '[data-list="procedures"]',
    '[data-pane="right"] [data-checks]',
  ];
  const at = parts.findIndex((part) => {
    const scope = part.startsWith("[data-list") ? part : part.split(" ")[0];
    return document.activeElement?.closest(scope ?? part) !== null;
  });
  const part = parts[(Math.max(at, by === 1 ? -1 : 0) + by + parts.length) % parts.length] ?? "";
  const place = part.startsWith("[data-list") ? `${part} [data-add], ${part} [data-place][tabindex="0"]` : part;
  document.querySelector<HTMLElement>(place)?.focus();
}
