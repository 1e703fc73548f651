import "./kit/styles/index.scss";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { lastAnsweredAt, onSignedOut } from "./api/client.ts";
import { makeQueryClient, meQuery } from "./api/me.ts";
import { endCause, endSignIn } from "./api/sign-in-end.ts";
import { makeRouter } from "./router.tsx";

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

// A sign-in that ended on the server covers the page: nothing of a patient stays to be read, and nothing typed is lost.
onSignedOut(() => {
  const me = queryClient.getQueryData(meQuery.queryKey);
  if (me) endSignIn(endCause(me, lastAnsweredAt()));
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
