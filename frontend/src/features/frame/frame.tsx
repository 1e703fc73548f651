// What stands around every page: header, deadlines, navigation, palette, shortcuts, and the end of a sign-in.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useCallback, useRef, useState, useSyncExternalStore } from "react";
import { meQuery, useMay, useMe } from "@/api/me.ts";
import { endSignIn, onSignInEnd, saveAll, signedInAgain, signInEnd } from "@/api/sign-in-end.ts";
import { classes } from "@/kit/classes.ts";
import { useShortcut } from "@/kit/keyboard.ts";
import { ShortcutSheet } from "@/kit/shortcut-sheet.tsx";
import { Toasts } from "@/kit/toast.tsx";
import { deadlinesQuery } from "@/parts/waiting.ts";
import { ConnectionBanner } from "./connection.tsx";
import { signOut } from "./data.ts";
import { DeadlineLine } from "./deadline-line.tsx";
import { useFocusOnArrival, useMustBeReached } from "./focus.ts";
import { Header } from "./header.tsx";
import { Nav } from "./nav.tsx";
import { Palette } from "./palette.tsx";
import { paletteWords } from "./places.ts";
import { SessionWarning } from "./session-warning.tsx";
import { SignInAgain } from "./sign-in-again.tsx";

export default function Frame() {
  const me = useMe();
  const may = useMay();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<"palette" | "sheet" | null>(null);
  const [navShown, setNavShown] = useState(() => window.innerWidth > 800);
  const deadlines = useQuery({ ...deadlinesQuery, enabled: me.permissions.includes("timetable:see") });
  useFocusOnArrival();
  const main = useRef<HTMLElement>(null);
  const reached = useMustBeReached(main);

  const ended = useSyncExternalStore(onSignInEnd, signInEnd);
  const leaving = useRef(false);
  const leave = useCallback(
    async (how: "out" | "idle") => {
      if (leaving.current) return;
      leaving.current = true;
      // A draft is saved while that is still allowed.
      const saved = await saveAll();
      await signOut().catch(() => undefined);
      leaving.current = false;
      if (how === "idle" && !saved) return endSignIn("idle");
      queryClient.clear();
      queryClient.setQueryData(meQuery.queryKey, null);
      await navigate({ to: "/sign-in", search: { ended: how } });
    },
    [navigate, queryClient],
  );

  useShortcut({
    keys: "Ctrl+K",
    label: paletteWords(may),
    group: "Everywhere",
    onPress: () => setOpen("palette"),
  });
  useShortcut({ keys: "Ctrl+/", label: "Show the shortcuts", group: "Everywhere", onPress: () => setOpen("sheet") });
  useShortcut({
    keys: "Alt+M",
    label: "Show or hide the navigation",
    group: "Everywhere",
    onPress: () => setNavShown((shown) => !shown),
  });

  return (
    <div className="cw-frame">
      <a className="cw-skip" href="#main">
        Skip to the page
      </a>
      <Header
        me={me}
        navShown={navShown}
        onNav={() => setNavShown((shown) => !shown)}
        onPalette={() => setOpen("palette")}
        onSheet={() => setOpen("sheet")}
        onSignOut={() => leave("out")}
      />
      {me.permissions.includes("timetable:see") ? <DeadlineLine deadlines={deadlines.data} /> : null}
      <div className={classes("cw-shell", !navShown && "cw-shell--wide")}>
        {navShown ? <Nav /> : null}
        <main className="cw-main" id="main" ref={main} tabIndex={reached ? 0 : -1}>
          <ConnectionBanner />
          <Outlet />
        </main>
      </div>
      {open === "palette" ? <Palette onClose={() => setOpen(null)} /> : null}
      {open === "sheet" ? <ShortcutSheet onClose={() => setOpen(null)} /> : null}
      {ended ? (
        <SignInAgain
          me={me}
          cause={ended}
          // A new load of the page: nothing that one person looked at is left in memory for the next.
          onOther={() => window.location.assign("/")}
          onLeave={() => {
            signedInAgain(false);
            window.location.assign("/sign-in");
          }}
        />
      ) : (
        <SessionWarning me={me} onSignOut={leave} />
      )}
      <Toasts />
    </div>
  );
}
