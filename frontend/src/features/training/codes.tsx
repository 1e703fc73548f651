import { Mono, None } from "@/kit/bits.tsx";
import { dotted } from "@/parts/coding/codes.ts";
import type { Need } from "./data.ts";

/** `I21.9 → I21.4 ×2`: what stood there, and what should have. */
export function Codes({ need, most = 3 }: { need: Need; most?: number }) {
  if (need.codes.length === 0) return <None>not shown</None>;
  return (
    <ul className="tr-codes">
      {need.codes.slice(0, most).map((pair) => (
        <li key={`${pair.trust_code}${pair.auditor_code}`}>
          {pair.trust_code ? <Mono>{dotted(pair.trust_code)}</Mono> : <None>nothing</None>}{" "}
          <span aria-hidden="true">→</span>
          <span className="cw-hidden"> should be </span>{" "}
          {pair.auditor_code ? <Mono>{dotted(pair.auditor_code)}</Mono> : <None>nothing</None>}
          {pair.times > 1 ? <span className="cw-quiet"> ×{pair.times}</span> : null}
        </li>
      ))}
      {need.codes.length > most ? <li className="cw-quiet">and {need.codes.length - most} more</li> : null}
    </ul>
  );
}
