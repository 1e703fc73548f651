import { Button } from "@/kit/button.tsx";
import { dotted, type ListName } from "./codes.ts";
import type { Action, Grid } from "./grid.ts";

/** The alternative to keys and to dragging: buttons that move the line under the cursor. */
export function OrderButtons({ list, grid, act }: { list: ListName; grid: Grid; act: (action: Action) => void }) {
  const { row } = grid.at[list];
  const line = grid.lists[list][row];
  const last = grid.lists[list].length - 1;
  const name = line ? (line.code === null ? line.raw : dotted(line.code)) : "";
  const none = `Choose a line of the ${list} first`;
  const on = (action: Action) => () => {
    // The list that the buttons stand at is meant, wherever the cursor is.
    act({ type: "go", list, row, col: grid.at[list].col });
    act(action);
  };
  const refuse = (more: string | null) => (line ? more : none);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar is no fieldset of a form.
    <div className="wb-order" role="group" aria-label={`Order of the ${list}`}>
      <Button
        look="link"
        small
        aria-label={`Move ${name} up`}
        title="Move up (Alt ↑)"
        refusal={refuse(row === 0 ? "It is the first" : null)}
        onClick={on({ type: "shift", by: -1 })}
      >
        ↑
      </Button>
      <Button
        look="link"
        small
        aria-label={`Move ${name} down`}
        title="Move down (Alt ↓)"
        refusal={refuse(row === last ? "It is the last" : null)}
        onClick={on({ type: "shift", by: 1 })}
      >
        ↓
      </Button>
      <Button
        look="link"
        small
        aria-label={`Make ${name} the primary`}
        title="Make primary (Alt P)"
        refusal={refuse(row === 0 ? "It is the primary" : null)}
        onClick={on({ type: "primary" })}
      >
        ⤒
      </Button>
      <Button
        look="link"
        small
        aria-label={`Delete ${name}`}
        title="Delete (Alt Del)"
        refusal={refuse(null)}
        onClick={on({ type: "delete" })}
      >
        ✕
      </Button>
    </div>
  );
}
