import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { lastAnsweredAt } from "@/api/client.ts";
import { type Me, meQuery } from "@/api/me.ts";
import { Button } from "@/kit/button.tsx";
import { duration, time } from "@/kit/dates.ts";
import { Dialog } from "@/kit/dialog.tsx";

const warnSeconds = 120;

/** Two minutes before the sign-in would end: a way to stay, in one key. */
export function SessionWarning({ me, onSignOut }: { me: Me; onSignOut: (how: "out" | "idle") => void }) {
  const queryClient = useQueryClient();
  const [left, setLeft] = useState(Number.POSITIVE_INFINITY);
  const absolute = Date.parse(me.expires_at);
  useEffect(() => {
    const look = () => {
      const idleEnd = (lastAnsweredAt() || Date.now()) + me.idle_seconds * 1000;
      setLeft(Math.floor((Math.min(idleEnd, absolute) - Date.now()) / 1000));
    };
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [me.idle_seconds, absolute]);

  useEffect(() => {
    if (left <= 0) onSignOut("idle");
  }, [left, onSignOut]);

  if (left > warnSeconds || left <= 0) return null;
  const cannotStay = absolute - Date.now() <= warnSeconds * 1000;
  // Read out at the half minutes only, not each second.
  const spoken = duration(Math.ceil(left / 30) * 30);
  return (
    <Dialog
      title="You are about to be signed out"
      size="small"
      closable={false}
      onClose={() => undefined}
      foot={
        <>
          {cannotStay ? null : (
            <Button
              look="primary"
              autoFocus
              onClick={() => queryClient.invalidateQueries({ queryKey: meQuery.queryKey })}
            >
              Stay signed in
            </Button>
          )}
          <Button onClick={() => onSignOut("out")}>Sign out now</Button>
        </>
      }
    >
      <p aria-hidden="true">
        {cannotStay
          ? `A sign-in lasts until ${time(absolute)} at most. Drafts are kept; sign in again to go on.`
          : `Nothing has been done for a while. You will be signed out in ${duration(left)}. Drafts are kept.`}
      </p>
      <p className="cw-hidden" role="status">
        You will be signed out in {spoken}. Drafts are kept.
      </p>
    </Dialog>
  );
}
