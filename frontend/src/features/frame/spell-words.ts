// What typed words say of a spell, so that the server is asked only for what may be one.

/** `0092817 2`, `0092817/2`: a spell number and the number of the episode in it. */
const withEpisode = /^(\S*\d\S*?)(?:\s+|\s*\/\s*)(\d{1,2})$/;
/** `I21.4`, `W37.1`, `M1695`: a code, or the beginning of one. */
const code = /^[a-z]\d{2}\.?[\dx]{0,2}[*+†]?$/i;

export type SpellWords = { spellNumber: string; episodeNumber: number | null };

export function spellIn(words: string): SpellWords | null {
  const both = withEpisode.exec(words);
  if (both?.[1]) return { spellNumber: both[1], episodeNumber: Number(both[2]) };
  if (/\s/.test(words) || code.test(words)) return null;
  const digits = words.replace(/\D/g, "").length;
  return words.length >= 4 && words.length <= 40 && digits >= 3 ? { spellNumber: words, episodeNumber: null } : null;
}

/** Why a spell number leads to no episode; null for words that are none. */
export function noEpisode(asked: SpellWords | null, mayLookUp: boolean): string | null {
  if (asked === null) return null;
  if (!mayLookUp) return "Your role may not look up episodes.";
  const which = asked.episodeNumber === null ? "No episode" : `No episode ${asked.episodeNumber}`;
  return `${which} of a spell ${asked.spellNumber} is here.`;
}
