// Keeps a draft safe whatever the window does: hidden, closed, offline, signed out and in again.
import { useEffect } from "react";
import { holdUnsaved, onSignInAgain } from "@/api/sign-in-end.ts";
import type { Autosave } from "./autosave.ts";

export function useKeeper<Body>(keeper: Autosave<Body>, recheck: (delay?: number) => void): void {
  useEffect(() => {
    const back = () => void keeper.retry();
    const leaving = (event: BeforeUnloadEvent) => {
      if (!keeper.unsaved) return;
      void keeper.flush();
      event.preventDefault();
    };
    const hidden = () => {
      if (document.visibilityState === "hidden") void keeper.flush();
    };
    window.addEventListener("online", back);
    window.addEventListener("beforeunload", leaving);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("online", back);
      window.removeEventListener("beforeunload", leaving);
      document.removeEventListener("visibilitychange", hidden);
      void keeper.flush();
    };
  }, [keeper]);

  useEffect(() => holdUnsaved({ unsaved: () => keeper.unsaved, save: () => keeper.flush() }), [keeper]);
  useEffect(
    () =>
      onSignInAgain((same) => {
        // Another person's sign-in must never carry this person's draft.
        if (!same) return keeper.stop();
        void keeper.retry();
        recheck(0);
      }),
    [keeper, recheck],
  );
}
