import { useQueryClient } from "@tanstack/react-query";
import { confirmDone } from "@/kit/toast.tsx";
import { changed } from "./data.ts";

/** Says that something was done, and has everything that it may have changed read again. */
export function useChanged() {
  const client = useQueryClient();
  return (words: string) => {
    for (const key of changed) void client.invalidateQueries({ queryKey: [key] });
    confirmDone(words);
  };
}
