import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useMay } from "@/api/me.ts";
import { Mono } from "@/kit/bits.tsx";
import { CommandPalette, type PaletteGroup, type PaletteSource } from "@/kit/command-palette.tsx";
import { dayRange } from "@/kit/dates.ts";
import { useShortcuts } from "@/kit/keyboard.ts";
import { searchCodes, searchEpisodes } from "./data.ts";
import { placesFor } from "./places.ts";
import { noEpisode, spellIn } from "./spell-words.ts";

export function Palette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const may = useMay();
  const shortcuts = useShortcuts();
  const mayLookUp = may("episode:lookup");
  const maySearch = may("code:search");

  const known = useMemo((): PaletteGroup[] => {
    return [
      {
        heading: "Do on this page",
        items: shortcuts
          .filter((shortcut) => shortcut.enabled !== false && shortcut.keys !== "Ctrl+K")
          .map((shortcut) => ({
            key: shortcut.keys,
            label: shortcut.label,
            words: `${shortcut.label} ${shortcut.group}`,
            keys: shortcut.keys,
            // The page acts after the palette has closed and given the focus back.
            onPick: () => setTimeout(() => shortcut.onPress(new KeyboardEvent("keydown")), 0),
          })),
      },
      {
        heading: "Go to",
        items: placesFor(may)
          .flat()
          .map((place) => ({
            key: place.to,
            label: place.label,
            words: `${place.label} ${place.also ?? ""}`,
            onPick: () => void navigate({ to: place.to }),
          })),
      },
    ].reverse();
  }, [may, navigate, shortcuts]);

  const sources = useMemo((): PaletteSource[] => {
    const codes = (system: "icd10" | "opcs4", heading: string): PaletteSource => ({
      heading,
      search: async (words, signal) => {
        const { items } = await searchCodes(system, words, signal);
        return items.map((item) => ({
          key: `${system}${item.code}`,
          label: (
            <>
              <Mono>{item.dotted}</Mono> {item.title}
            </>
          ),
          onPick: () => void navigate({ to: "/codes", search: { system, q: words, code: item.code } }),
        }));
      },
    });
    const episodes: PaletteSource = {
      heading: "Episode",
      search: async (words, signal) => {
        const asked = spellIn(words);
        if (!asked || !mayLookUp) return [];
        // Each asking is a line of the trail: half a number that is still being typed is not asked for.
        await pause(400, signal);
        const { items } = await searchEpisodes(asked.spellNumber, signal);
        const wanted = items.filter(
          ({ episode_number: n }) => asked.episodeNumber === null || n === asked.episodeNumber,
        );
        return wanted.map((found) => ({
          key: found.episode_id,
          label: `Open spell ${found.spell_number}, episode ${found.episode_number}`,
          note: [dayRange(found.started_on, found.ended_on), found.specialty?.name].filter(Boolean).join(", "),
          onPick: () => void navigate({ to: "/episodes/$episodeId", params: { episodeId: found.episode_id } }),
        }));
      },
      nothing: (words) => noEpisode(spellIn(words), mayLookUp),
    };
    return [episodes, ...(maySearch ? [codes("icd10", "ICD-10 codes"), codes("opcs4", "OPCS-4 codes")] : [])];
  }, [mayLookUp, maySearch, navigate]);

  return (
    <CommandPalette
      placeholder={mayLookUp ? "A page, a code, words or a spell number" : "A page, a code or words"}
      known={known}
      sources={sources}
      onClose={onClose}
    />
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
