"""Finding codes as someone types: by code, or by words in any order and shortened, the commonest first.

Pure and in memory. Documents are numbered in order of use, so the smallest number of any set is its best answer and
ranking costs no sorting of the whole. What a typed word was found in decides first, a title's own word before a
synonym before a category's; how often a code is used decides only between equals. One word alone says too little for
that: then a title, its category and what the word begins another name of are equals, and what nobody uses comes last.
What only says more of another code (a site, a side, a method) comes after what can stand by itself, unless it is what
was typed: its code, its name, or its title in two words or more.
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
_NEGATIONS = frozenset({"not", "without", "no", "non", "excluding", "except"})
_ROMAN = {"ii": "2", "iii": "3", "iv": "4"}
_SAYS_NOTHING = _STOP | {"unspecified", "specified"}
_CLAUSE = re.compile(r"[,;:()\[\]]| - ")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
MAX_QUERY = 100
MAX_WORDS = 8
KEPT_ANSWERS = 50
MISSPELT = range(5, 21)
"""How long a word must be for one slip in it to be forgiven: a letter left out, added, wrong, or two swapped."""

# What a typed word costs a document, by where it was found; the smallest sum is the best answer.
_WHOLE, _BEGUN, _SHORT_SYNONYM, _SYNONYM, _HALF_SYNONYM, _CATEGORY = 0, 1, 1, 2, 3, 6
_NEGATED = 100
_UNUSED = 4
"""What it costs a code, where only one word was typed, that the edition's counts have no use of it."""
_BESIDE = 2
"""What it costs a code that only says more of another one: "hip" is asked for an operation, "hip joint" for a site."""


@functools.lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: lower case, no accents, no apostrophes, subscripts as plain digits."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _spellings(word: str) -> Iterable[str]:
    """Give the word and how it is spelt elsewhere: haemorrhage/hemorrhage, localized/localised, tumour/tumor, iii/3."""
    yield word
    if "ae" in word or "oe" in word:
        yield word.replace("ae", "e").replace("oe", "e")
    if "iz" in word:
        yield word.replace("iz", "is")
    if word.endswith(("our", "ours", "oural", "oured")):
        yield word.replace("our", "or")
    if word in _ROMAN:
        yield _ROMAN[word]


def _plain_spelling(word: str) -> str:
    """Return one spelling for all of a word's."""
    return list(_spellings(word))[-1].replace("ae", "e").replace("oe", "e").replace("iz", "is")


def _negated(text: str) -> set[str]:
    """Return the words that a title holds only to deny them: cement of "not using cement", until its next comma."""
    said: set[str] = set()
    denied: set[str] = set()
    for clause in _CLAUSE.split(text):
        into = said
        for word in words_of(clause):
            if word in _NEGATIONS:
                into = denied
            elif word not in _STOP:
                into.add(word)
    return denied - said


def _slips(word: str) -> Iterable[str]:
    """Give every word one slip away, its first letter kept: people rarely miss that one."""
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail


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


@dataclass(slots=True)
class _Looked:
    """The documents that hold one typed word: whole or begun, in the title or a synonym; and all, by category too."""

    whole: set[int]
    title: set[int]
    known: set[int]
    synonym: set[int]
    all: set[int]
    words: Sequence[str]

    def costs(self) -> dict[int, int]:
        """Return what the word costs each document; an abbreviation that is known weighs as a title's word begun."""
        cost = dict.fromkeys(self.all, _CATEGORY)
        cost |= dict.fromkeys(self.synonym, _HALF_SYNONYM)
        short = all(len(word) <= 4 for word in self.words)
        cost |= dict.fromkeys(self.known, _SHORT_SYNONYM if short else _SYNONYM)
        cost |= dict.fromkeys(self.title, _BEGUN)
        cost |= dict.fromkeys(self.whole, _WHOLE)
        return cost


class Searcher:
    """The words of one edition's titles, the synonyms that lead to them, and its codes in order."""

    __slots__ = (
        "_beginnings", "_beside", "_by_code", "_category", "_codes", "_denied", "_exact", "_leads", "_phrase_words",
        "_phrases", "_said", "_short", "_spoken", "_synonym", "_title", "_used",
    )  # fmt: skip

    def __init__(
        self,
        ranked: Sequence[tuple[str, str, bool]],
        category_titles: dict[str, str],
        synonyms: Iterable[Synonym],
        used: int = 0,
        beside: Iterable[int] = (),
    ) -> None:
        """Take (code, title, whether it can be coded) in the order in which equal answers are to be given.

        The first ``used`` of them are known to be in use; those of ``beside`` only say more of another code.
        """
        self._used = used
        self._beside = frozenset(beside)
        self._short: dict[str, list[tuple[int, str]]] = {}
        title: dict[str, list[int]] = defaultdict(list)
        category: dict[str, list[int]] = defaultdict(list)
        denied: dict[str, list[int]] = defaultdict(list)
        self._exact: dict[frozenset[str], list[int]] = defaultdict(list)
        # "Osteoporosis without pathological fracture" is no fracture.
        of_category = {c: set(words_of(text)) - _negated(text) for c, text in category_titles.items()}
        for number, (code, text, leaf) in enumerate(ranked):
            own = {s for w in words_of(text) for s in _spellings(w)}
            for word in own:
                title[word].append(number)
            for word in {s for w in _negated(text) for s in _spellings(w)}:
                denied[word].append(number)
            if leaf:
                self._exact[frozenset(_plain_spelling(w) for w in words_of(text) if w not in _SAYS_NOTHING)].append(
                    number
                )
            for word in of_category.get(code[:3], ()):
                for spelling in _spellings(word):
                    if spelling not in own and spelling not in _STOP:
                        category[spelling].append(number)
        in_order = sorted((code, number) for number, (code, _, _) in enumerate(ranked))
        self._codes = [code for code, _ in in_order]
        self._by_code = [number for _, number in in_order]
        self._title, self._category, self._denied = (_Index(dict(words)) for words in (title, category, denied))
        synonym: dict[str, set[int]] = defaultdict(set)
        self._phrases: dict[frozenset[str], set[int]] = defaultdict(set)
        said: dict[str, set[int]] = defaultdict(set)
        self._leads: dict[str, set[int]] = defaultdict(set)
        for entry in synonyms:
            found: set[int] = set()
            for meaning in entry.means:
                if meaning.startswith("="):
                    found.update(self._code_begins(meaning[1:]))
                else:
                    sets = [set().union(*self._title.begins(w)) for w in words_of(meaning) if w not in _STOP]
                    denials = set() if _NEGATIONS.intersection(words_of(meaning)) else self._denials(words_of(meaning))
                    found |= (set.intersection(*sets) if sets else set()) - denials
            for phrase in entry.phrases:
                words = words_of(phrase)
                self._phrases[frozenset(words)] |= found
                said[" ".join(words)] |= found
                for spelling in _spellings(words[0]) if len(words) > 1 else ():
                    self._leads[spelling] |= found
                for word in words:
                    if word not in _STOP or len(words) == 1:
                        synonym[word] |= found
        self._synonym, self._said = _Index(dict(synonym)), _Index(dict(said))
        phrase_words: dict[str, list[int]] = defaultdict(list)
        # The phrases by the place at which their words stand in the index: (how many words, what is known by them).
        self._spoken = [(len(words), known) for words, known in self._phrases.items()]
        for at, phrase_of in enumerate(self._phrases):
            for word in phrase_of:
                phrase_words[word].append(at)
        self._phrase_words = _Index(dict(phrase_words))
        self._beginnings = {w[:n] for w in (*title, *synonym) for n in range(MISSPELT.start - 1, len(w) + 1)}

    def _code_begins(self, prefix: str) -> list[int]:
        low = bisect_left(self._codes, prefix)
        return self._by_code[low : bisect_left(self._codes, prefix + "\uffff", low)]

    def find(self, query: str, limit: int) -> list[tuple[int, str]]:
        """Return (document number, how it matched), best first: ``code``, ``title``, ``synonym`` or ``category``.

        All of them are ``part`` where no document holds every word, and these hold all but one.
        """
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
        tokens: list[tuple[str, str | None]] = []
        for chunk in typed.replace("#", " fracture ").split():
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
        looked = [self._look(*t) for t in carrying]
        everything = self._meet([each.all for each in looked])
        if not everything and carrying[-1][0] in _STOP and len(carrying) > 1:
            carrying, looked = carrying[:-1], looked[:-1]
            everything = self._meet([each.all for each in looked])
        whole = bool(everything)
        if not everything and all(each.all for each in looked):
            everything, looked = self._all_but_commonest(looked)
        if not everything:
            return []
        words = [w for w, _ in carrying]
        typed = [w for w, _ in tokens]
        begun = self._meet([everything, *(each.title for each in looked)])
        begun_or_known = self._meet([everything, *(each.title | each.synonym for each in looked)])
        # A title of just these words, or what these words are another name for, whatever their order.
        exact = self._exact.get(frozenset(_plain_spelling(w) for w in words if w not in _SAYS_NOTHING), ())
        alone = len(words) == 1 == len(typed) and len(words[0]) > 2
        if alone:
            # "Hip NEC" is a site; who types "hip" alone has not named it.
            exact = [n for n in exact if n not in self._beside]
        named = {*exact, *self._phrases.get(frozenset(typed), ())} & everything
        costs = [each.costs() for each in looked]
        cost = costs[0] if len(costs) == 1 else {n: sum([c[n] for c in costs]) for n in everything}
        hurried = self._hurried(typed) & everything
        saying: set[int] = set().union(*self._said.begins(" ".join(typed))) if len(" ".join(typed)) > 2 else set()
        cost |= dict.fromkeys((n for n in saying & everything if cost[n] > _BEGUN), _BEGUN)
        cost |= dict.fromkeys(hurried, _WHOLE)
        if alone:
            cost |= dict.fromkeys(self._named_after(words[0]) & everything, _WHOLE)
        if not _NEGATIONS.intersection(typed):
            for n in self._denials(w for each in looked for w in each.words) & everything - named:
                cost[n] += _NEGATED
        if not any(code and self._beside.intersection(self._code_begins(code)) for _, code in tokens):
            for n in self._beside & everything - named:
                cost[n] += _BESIDE
        cost |= dict.fromkeys(named, -1)
        last = len(self._codes)
        if alone:
            rare = self._used
            for n in everything - named:
                if n >= rare:
                    cost[n] += _UNUSED
        best = heapq.nsmallest(limit, [cost[n] * last + n for n in everything])
        if not whole:
            return [(b % last, "part") for b in best]
        told = begun_or_known | named | hurried
        return [
            (n, "title" if n in begun else "synonym" if n in told else "category") for n in (b % last for b in best)
        ]

    @staticmethod
    def _meet(sets: list[set[int]]) -> set[int]:
        return set.intersection(*sorted(sets, key=len)) if sets else set()

    def _all_but_commonest(self, looked: list[_Looked]) -> tuple[set[int], list[_Looked]]:
        """Return what holds all words but one, best the one that most documents hold: it says least ("acute")."""
        rarest_first = sorted(looked, key=lambda each: len(each.all))
        for left_out in reversed(rarest_first):
            rest = [each for each in rarest_first if each is not left_out]
            found = self._meet([each.all for each in rest])
            if found:
                return found, rest
        return set(), looked

    def _denials(self, words: Iterable[str]) -> set[int]:
        """Return the documents whose titles hold one of these words only to deny it."""
        return {n for w in words if len(w) > 2 and w not in _STOP for post in self._denied.begins(w) for n in post}

    def _named_after(self, word: str) -> set[int]:
        """Return what a word is the category's of or begins another name of, as "hip" in "hip fracture"."""
        return {*self._category.whole(word), *self._leads.get(word, ()), *self._leads.get(_singular(word), ())}

    def _hurried(self, typed: list[str]) -> set[int]:
        """Return what is known by a phrase whose every word was begun, in any order: "asp pneum", "coron angio"."""
        if min(map(len, typed)) < 2 or len(typed) < 2:
            return set()
        phrases = self._meet([{n for post in self._phrase_words.begins(w) for n in post} for w in typed])
        spoken = (self._spoken[n] for n in phrases)
        return set().union(*(known for length, known in spoken if length == len(typed)))

    def _look(self, word: str, code: str | None) -> _Looked:
        """Return where a word was found; a long one found nowhere is taken for the words one slip away."""
        looked = self._look_for([word], code)
        if looked.all or len(word) not in MISSPELT:
            return looked
        return self._look_for(
            [slip for slip in dict.fromkeys(_slips(_singular(word))) if slip in self._beginnings], code
        )

    def _look_for(self, words: list[str], code: str | None) -> _Looked:
        looked = _Looked(set(), set(), set(), set(), set(), words)
        for word in words:
            looked.whole.update(self._title.whole(word))
            looked.title.update(*self._title.begins(word))
            looked.known.update(self._synonym.whole(word))
            looked.synonym.update(*self._synonym.begins(word))
            # A single letter begins something in nearly every category: that would say nothing.
            looked.all.update(*(self._category.begins(word) if len(word) > 1 else ()))
        looked.all.update(looked.title, looked.synonym, self._code_begins(code) if code else ())
        return looked
