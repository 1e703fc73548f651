// One polite live region for the page: what changed, in a few words, without moving the focus.
import { useCallback, useState } from "react";

export type Say = (text: string) => void;

export function useSay(): [string, Say] {
  const [said, setSaid] = useState({ text: "", odd: false });
  const say = useCallback((text: string) => {
    if (text !== "") setSaid((before) => ({ text, odd: !before.odd }));
  }, []);
  // The same words twice are read twice only when the text differs: a space that cannot be heard sees to it.
  return [said.odd ? `${said.text}\u00a0` : said.text, say];
}
