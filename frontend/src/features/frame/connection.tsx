import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onAnswer } from "@/api/client.ts";
import { Problem } from "@/api/problem.ts";
import { Button } from "@/kit/button.tsx";
import { Banner } from "@/kit/states.tsx";

/** Says so while the server cannot be reached: what is on the page may have changed meanwhile. */
export function ConnectionBanner() {
  const queryClient = useQueryClient();
  const [lost, setLost] = useState(!navigator.onLine);
  useEffect(() => {
    const gone = () => setLost(true);
    // An answer that was on its way when the network went says nothing about the network.
    const back = () => setLost(!navigator.onLine);
    const again = () => queryClient.invalidateQueries();
    window.addEventListener("offline", gone);
    window.addEventListener("online", again);
    const stopAnswers = onAnswer(back);
    const stopQueries = queryClient.getQueryCache().subscribe((event) => {
      const error = event.query.state.error;
      if (event.type === "updated" && error instanceof Problem && error.status === 0) gone();
    });
    return () => {
      window.removeEventListener("offline", gone);
      window.removeEventListener("online", again);
      stopAnswers();
      stopQueries();
    };
  }, [queryClient]);
  if (!lost) return null;
  return (
    <Banner kind="warn">
      <strong>No connection to Codewell.</strong> What you see may be out of date. Nothing that you typed is lost.{" "}
      <Button look="link" onClick={() => queryClient.invalidateQueries()}>
        Try again
      </Button>
    </Banner>
  );
}
