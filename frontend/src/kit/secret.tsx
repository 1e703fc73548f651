// Something shown once and never again: a new key, a new password.
import { useState } from "react";
import { Button } from "./button.tsx";

export function ShownOnce({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  return (
    <div className="cw-secret">
      <div className="cw-field__label">{label}</div>
      <div className="cw-row">
        <output className="cw-secret__value">{value}</output>
        <Button
          small
          onClick={() =>
            navigator.clipboard.writeText(value).then(
              () => setCopied("yes"),
              () => setCopied("failed"),
            )
          }
        >
          Copy
        </Button>
        <span role="status" className="cw-quiet">
          {copied === "yes" ? "Copied" : copied === "failed" ? "Select it and copy by hand" : ""}
        </span>
      </div>
    </div>
  );
}
