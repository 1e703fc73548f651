import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Schemas } from "@/api/client.ts";
import { claimNext } from "./data.ts";

/** Takes the most urgent free episode and opens it. */
export function useClaim() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (from: Schemas["Claim"]) => claimNext(from),
    onSuccess: (item) => {
      for (const key of ["count_work_items", "list_my_work", "list_work_items"])
        void client.invalidateQueries({ queryKey: [key] });
      void navigate({ to: "/episodes/$episodeId", params: { episodeId: item.episode_id } });
    },
  });
}
