import "./kit/styles/index.scss";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "./api/client.ts";
import { makeQueryClient, meQuery } from "./api/me.ts";
import { makeRouter } from "./router.tsx";

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

// A sign-in that ended on the server ends the page too: nothing of a patient stays on the screen.
onSignedOut(() => {
  if (!queryClient.getQueryData(meQuery.queryKey)) return;
  const { pathname, searchStr } = router.state.location;
  queryClient.clear();
  queryClient.setQueryData(meQuery.queryKey, null);
  void router.navigate({ to: "/sign-in", search: { after: pathname + searchStr, ended: "idle" } });
});

const place = document.getElementById("app");
if (!place) throw new Error("The page has no place for the app");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
