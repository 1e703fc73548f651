import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { type Me, useMay } from "@/api/me.ts";
import { paletteWords } from "./places.ts";

export function Header({
  me,
  navShown,
  onNav,
  onPalette,
  onSheet,
  onSignOut,
}: {
  me: Me;
  navShown: boolean;
  onNav: () => void;
  onPalette: () => void;
  onSheet: () => void;
  onSignOut: () => void;
}) {
  const may = useMay();
  return (
    <header className="cw-top">
      <button type="button" className="cw-top__menu" aria-expanded={navShown} aria-controls="nav" onClick={onNav}>
        Menu
      </button>
      <Link to="/" className="cw-top__name">
        Codewell
      </Link>
      <span className="cw-top__trust">
        {me.trust.name} ({me.trust.provider})
      </span>
      <button type="button" className="cw-top__command" aria-keyshortcuts="Control+K" onClick={onPalette}>
        <span>{paletteWords(may)}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <PersonMenu me={me} onSheet={onSheet} onSignOut={onSignOut} />
    </header>
  );
}

function PersonMenu({ me, onSheet, onSignOut }: { me: Me; onSheet: () => void; onSignOut: () => void }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("focusin", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("focusin", close);
    };
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it from any of its items.
    <div
      className="cw-top__me"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          setOpen(false);
          button.current?.focus();
        }
      }}
    >
      <button
        type="button"
        ref={button}
        aria-expanded={open}
        aria-controls="person-menu"
        onClick={() => setOpen(!open)}
      >
        <span className="cw-top__person">{me.name}</span>
        <span className="cw-top__role">{me.role_label}</span>
      </button>
      {open ? (
        <div className="cw-menu" id="person-menu">
          <Link to="/my-sign-ins" onClick={() => setOpen(false)}>
            My sign-ins
          </Link>
          <button
            type="button"
            onClick={() => {
              setOpen(false);
              onSheet();
            }}
          >
            Keyboard shortcuts
          </button>
          <button type="button" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      ) : null}
    </div>
  );
}
