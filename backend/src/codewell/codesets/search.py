"""Finding codes as someone types: by code, or by words in any order and shortened, the commonest first.

Pure and in memory. Documents are numbered in order of use, so the smallest number of any set is its best answer and
ranking costs no sorting of the whole.
"""

from __future__ import annotations

import functools
import heapq
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and any as at by due for from in into is nec noc nos of on or other the this to using via with",
    )
)
_WORD = re.compile(r"[a-z0-9]+")
_CODE = re.compile(r"[a-z][0-9]{1,2}(?:\.?[0-9x](?:[0-9]|-)?)?[.-]?")
MAX_QUERY = 100
MAX_WORDS = 8
KEPT_ANSWERS = 50


@functools.lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: lower case, no accents, no apostrophes, subscripts as plain digits."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _spellings(word: str) -> Iterable[str]:
    """Give the word and how it is spelt elsewhere: haemorrhage/hemorrhage, localized/localised, tumour/tumor."""
    yield word
    if "ae" in word or "oe" in word:
        yield word.replace("ae", "e").replace("oe", "e")
    if "iz" in word:
        yield word.replace("iz", "is")
    if word.endswith(("our", "ours")):
        yield word.replace("our", "or")


def _plain_spelling(word: str) -> str:
    """Return one spelling for all of a word's."""
    return list(_spellings(word))[-1].replace("ae", "e").replace("oe", "e").replace("iz", "is")


def _singular(word: str) -> str:
    """Return the word without a plural s; a shorter beginning finds both."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@dataclass(frozen=True, slots=True)
class Synonym:
    """What people type, and the codes (``=I21``) or title words that it means."""

    phrases: tuple[str, ...]
    means: tuple[str, ...]


class _Index:
    """Words to document numbers, by whole word or by how it begins."""

    __slots__ = ("_posts", "_words")

    def __init__(self, postings: dict[str, Iterable[int]]) -> None:
        self._words = sorted(postings)
        self._posts = [tuple(postings[w]) for w in self._words]

    def whole(self, word: str) -> Sequence[int]:
        """Return the documents that hold the word, or the singular of it."""
        single = _singular(word)
        return self._at(word) if single == word else [*self._at(word), *self._at(single)]

    def _at(self, word: str) -> tuple[int, ...]:
        at = bisect_left(self._words, word)
        return self._posts[at] if at < len(self._words) and self._words[at] == word else ()

    def begins(self, prefix: str) -> Sequence[tuple[int, ...]]:
        """Return, for each word that begins so, the documents that hold it."""
        prefix = _singular(prefix)
        low = bisect_left(self._words, prefix)
        return self._posts[low : bisect_left(self._words, prefix + "\uffff", low)]


class Searcher:
    """The words of one edition's titles, the synonyms that lead to them, and its codes in order."""

    __slots__ = ("_by_code", "_category", "_codes", "_exact", "_phrases", "_said", "_short", "_synonym", "_title")

    def __init__(
        self, ranked: Sequence[tuple[str, str, bool]], category_titles: dict[str, str], synonyms: Iterable[Synonym]
    ) -> None:
        """Take (code, title, whether it can be coded) in the order in which equal answers are to be given."""
        self._short: dict[str, list[tuple[int, str]]] = {}
        title: dict[str, list[int]] = defaultdict(list)
        category: dict[str, list[int]] = defaultdict(list)
        self._exact: dict[frozenset[str], list[int]] = defaultdict(list)
        for number, (code, text, leaf) in enumerate(ranked):
            own = {s for w in words_of(text) for s in _spellings(w)}
            for word in own:
                title[word].append(number)
            if leaf:
                self._exact[frozenset(_plain_spelling(w) for w in words_of(text) if w not in _STOP)].append(number)
            for word in words_of(category_titles.get(code[:3], "")):
                for spelling in _spellings(word):
                    if spelling not in own and spelling not in _STOP:
                        category[spelling].append(number)
        in_order = sorted((code, number) for number, (code, _, _) in enumerate(ranked))
        self._codes = [code for code, _ in in_order]
        self._by_code = [number for _, number in in_order]
        self._title, self._category = _Index(dict(title)), _Index(dict(category))
        synonym: dict[str, set[int]] = defaultdict(set)
        self._phrases: dict[frozenset[str], set[int]] = defaultdict(set)
        said: dict[str, set[int]] = defaultdict(set)
        for entry in synonyms:
            found: set[int] = set()
            for meaning in entry.means:
                if meaning.startswith("="):
                    found.update(self._code_begins(meaning[1:]))
                else:
                    sets = [set().union(*self._title.begins(w)) for w in words_of(meaning) if w not in _STOP]
                    found |= set.intersection(*sets) if sets else set()
            for phrase in entry.phrases:
                words = words_of(phrase)
                self._phrases[frozenset(words)] |= found
                said[" ".join(words)] |= found
                for word in words:
                    if word not in _STOP or len(words) == 1:
                        synonym[word] |= found
        self._synonym, self._said = _Index(dict(synonym)), _Index(dict(said))

    def _code_begins(self, prefix: str) -> list[int]:
        low = bisect_left(self._codes, prefix)
        return self._by_code[low : bisect_left(self._codes, prefix + "\uffff", low)]

    def find(self, query: str, limit: int) -> list[tuple[int, str]]:
        """Return (document number, how it matched), best first: ``code``, ``title``, ``synonym`` or ``category``."""
        typed = query[:MAX_QUERY].strip().lower()
        if len(typed) > 2 or limit > KEPT_ANSWERS:
            return self._find(typed, limit)
        # The first letters are the costliest to answer and everybody types them: their answers are kept.
        kept = self._short.get(typed)
        if kept is None:
            if len(self._short) >= 2000:
                self._short.clear()
            kept = self._short[typed] = self._find(typed, KEPT_ANSWERS)
        return kept[:limit]

    def _find(self, typed: str, limit: int) -> list[tuple[int, str]]:
        chunks = typed.split()
        tokens: list[tuple[str, str | None]] = []
        for chunk in chunks:
            if _CODE.fullmatch(chunk):
                bare = chunk.replace(".", "").rstrip("-").upper()
                # The filler X is not part of an undivided code, but holds the place of a fourth character (M45X6).
                tokens.append((chunk.replace(".", ""), bare[:3] if bare[3:] == "X" else bare))
            else:
                tokens.extend((w, None) for w in words_of(chunk))
        tokens = list(dict.fromkeys(tokens))[:MAX_WORDS]
        if not tokens:
            return []
        found: list[tuple[int, str]] = []
        if len(tokens) == 1 and tokens[0][1]:
            numbers = self._code_begins(tokens[0][1])
            exact = [n for n in numbers[:1] if self._codes[bisect_left(self._codes, tokens[0][1])] == tokens[0][1]]
            found = [(n, "code") for n in [*exact, *heapq.nsmallest(limit, set(numbers) - set(exact))]][:limit]
        if len(found) < limit:
            seen = {n for n, _ in found}
            found += [hit for hit in self._by_words(tokens, limit) if hit[0] not in seen]
        return found[:limit]

    def _by_words(self, tokens: list[tuple[str, str | None]], limit: int) -> list[tuple[int, str]]:
        # Small words carry nothing, but the last one may be half a word, or the next of a title typed as it stands.
        carrying = [t for i, t in enumerate(tokens) if t[0] not in _STOP or (i == len(tokens) - 1)]
        begins = [self._begins(*t) for t in carrying]
        everything = self._meet([b[2] for b in begins])
        if not everything and carrying[-1][0] in _STOP and len(carrying) > 1:
            carrying, begins = carrying[:-1], begins[:-1]
            everything = self._meet([b[2] for b in begins])
        if not everything:
            return []
        words = [w for w, _ in carrying]
        typed = [w for w, _ in tokens]
        begun = self._meet([everything, *(b[0] for b in begins)])
        begun_or_known = self._meet([everything, *(b[1] for b in begins)])
        whole = begun and self._meet([set(self._title.whole(w)) for w in words])
        known = begun_or_known and self._meet([{*self._title.whole(w), *self._synonym.whole(w)} for w in words])
        # A title of just these words, or what these words are another name for, whatever their order.
        named = {
            *self._exact.get(frozenset(_plain_spelling(w) for w in words if w not in _STOP), ()),
            *self._phrases.get(frozenset(typed), ()),
        } & everything
        phrase = " ".join(typed)
        saying: set[int] = set().union(*self._said.begins(phrase)) if len(phrase) > 2 else set()
        found: list[tuple[int, str]] = []
        seen: set[int] = set()
        for tier, kind in (
            (named, "synonym"),
            (whole, "title"),
            (known, "synonym"),
            (begun | (saying & everything), "synonym"),
            (begun_or_known, "synonym"),
            (everything, "category"),
        ):
            best = heapq.nsmallest(limit - len(found), tier - seen)
            found += [(n, "title" if n in begun else kind) for n in best]
            seen.update(best)
            if len(found) == limit:
                break
        return found

    @staticmethod
    def _meet(sets: list[set[int]]) -> set[int]:
        return set.intersection(*sorted(sets, key=len)) if sets else set()

    def _begins(self, word: str, code: str | None) -> tuple[set[int], set[int], set[int]]:
        """Return the documents with a word that begins so: in the title; or a synonym; or the category, or its code."""
        title: set[int] = set().union(*self._title.begins(word))
        known = title.union(*self._synonym.begins(word))
        # A single letter begins something in nearly every category: that would say nothing.
        family = self._category.begins(word) if len(word) > 1 else ()
        return title, known, known.union(self._code_begins(code) if code else (), *family)
