// The one way a deadline stands in a table.
import { Tag } from "./bits.tsx";
import { type Due, dueTag } from "./due.ts";

export function DueTag({ item }: { item: Due }) {
  const { words, tip, tone } = dueTag(item);
  return (
    <span title={tip}>
      <Tag tone={tone}>
        <span aria-hidden="true">{words}</span>
        <span className="cw-hidden">{tip}</span>
      </Tag>
    </span>
  );
}
