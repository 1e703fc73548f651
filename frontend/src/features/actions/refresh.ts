// What is asked again when something of an action has changed.
import { useQueryClient } from "@tanstack/react-query";
import type { Action } from "./data.ts";

export function useRefreshAction(action: Pick<Action, "recommendation_id">) {
  const client = useQueryClient();
  return () => {
    for (const key of [
      ["see_recommendation", action.recommendation_id],
      ["list_recommendations"],
      ["list_actions"],
      ["list_my_actions"],
      ["count_my_actions"],
    ])
      void client.invalidateQueries({ queryKey: key });
  };
}
