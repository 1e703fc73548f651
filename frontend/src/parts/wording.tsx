// A text that somebody will read about their work: words to think twice about are pointed at while it is typed.
import { useId } from "react";
import { TextArea } from "@/kit/field.tsx";

/** The sensitive words that a text holds, as whole words, however they are written. */
export function sensitiveIn(text: string, words: readonly string[]): string[] {
  const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return words.filter((word) => new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(word)}(?![\\p{L}\\p{N}_])`, "iu").test(text));
}

export function SaidField({
  label,
  hint,
  value,
  words,
  error,
  autoFocus,
  onChange,
}: {
  label: string;
  hint?: string;
  value: string;
  words: readonly string[];
  error?: string | undefined;
  autoFocus?: boolean;
  onChange: (value: string) => void;
}) {
  const found = sensitiveIn(value, words);
  const id = useId();
  return (
    <div className="cw-stack cw-stack--tight">
      <TextArea
        label={label}
        hint={hint}
        error={error}
        value={value}
        maxLength={4000}
        spellCheck
        data-autofocus={autoFocus || undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={id} className="cw-quiet" role="status">
        {found.length > 0
          ? `Think again about ${found.map((word) => `“${word}”`).join(", ")}: say what the record shows, not what somebody is like.`
          : ""}
      </p>
    </div>
  );
}
