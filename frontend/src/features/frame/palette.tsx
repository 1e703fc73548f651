import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useMay } from "@/api/me.ts";
import { Mono } from "@/kit/bits.tsx";
import { CommandPalette, type PaletteGroup, type PaletteSource } from "@/kit/command-palette.tsx";
import { useShortcuts } from "@/kit/keyboard.ts";
import { lookUpEpisode, searchCodes } from "./data.ts";
import { placesFor } from "./places.ts";

/** `0092817 2`, `0092817/2`: a spell number and the number of the episode in it. */
const episodeWords = /^(\S*\d\S*?)(?:\s+|\s*\/\s*)(\d{1,2})$/;

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
        const asked = episodeWords.exec(words);
        if (!asked?.[1]) return [];
        const found = await lookUpEpisode(asked[1], Number(asked[2]), signal);
        return [
          {
            key: found.episode_id,
            label: `Open spell ${asked[1]}, episode ${asked[2]}`,
            onPick: () => void navigate({ to: "/episodes/$episodeId", params: { episodeId: found.episode_id } }),
          },
        ];
      },
    };
    return [
      ...(mayLookUp ? [episodes] : []),
      ...(maySearch ? [codes("icd10", "ICD-10 codes"), codes("opcs4", "OPCS-4 codes")] : []),
    ];
  }, [mayLookUp, maySearch, navigate]);

  return (
    <CommandPalette
      placeholder={mayLookUp ? "A page, a code, words, or a spell number and episode" : "A page, a code or words"}
      known={known}
      sources={sources}
      onClose={onClose}
    />
  );
}
