"""Which terms of the knowledge graph a text names.

Runs of words are looked up in the graph's own table of terms (docs/decisions/0011-entity-linking.md). Stages, each
for words that those before it left:

1. by name: a term, another name of one (`called`, `also_called`, `alias`), or either with one word in another form;
2. nearly by name: slips of the keyboard, hyphens and spaces, British and American spelling (fuzzy.py);
3. by meaning: other forms of the words, in another order (by_meaning.py);
4. by part: a few of a name's words, where no other name has them (by_part.py). Only `candidates` looks so far.

Of mentions that overlap the longest counts, so a later stage may take a mention of an earlier one into a longer one.
What says a predicate ("uses") is a mention only where the text has no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from itertools import compress
from typing import TypeAlias

from pramana.answers import Entity
from pramana.graph.english.lexicon import ADJECTIVES, BASE, BASE_OF, PARTICIPLES, PASTS
from pramana.graph.english.morphology import singular
from pramana.graph.reads import GraphReads
from pramana.graph.vocabulary import Vocabulary, vocabulary_of
from pramana.pace import Pace
from pramana.ports import Embedder
from pramana.reason.by_meaning import MAX_WORDS, NamesByMeaning, NewIndex, content_of
from pramana.reason.by_part import NamesByPart, stems_said
from pramana.reason.fuzzy import NearNames, form_of, parts_of
from pramana.reason.mentions import STOP, Mention, Reading, Word, left_by, longest, runs, words_of
from pramana.reason.naming import INFLECTED, Names, inflected, said_in
from pramana.text import checks as check

__all__ = ["KnownWords", "Linker"]

KnownWords: TypeAlias = Callable[[Sequence[str]], Awaitable[Sequence[bool]]]
"""Says of each word, in lower case, whether it is a word of a language, and so no slip of the keyboard."""

MAX_CHARS, MAX_MENTIONS = 20_000, 1_000
SLICE = 500
"""Names, or facts, taken in one stretch."""
ASKED = 256
"""Words that `known_words` is asked for at a time."""
NEAR_WORDS, MEANT_WORDS = 6, 8
"""Words of a text that a misspelt name, and one by meaning, may be spread over."""
HYPHENATED, MISSPELT, MEANT = 0.94, 0.9, 0.8
"""Scores: of a name but for its hyphens; times the share of its letters that are right; times the cosine."""
KIND_ASKED = frozenset(("which", "what", "whose", "many"))
"""Words before a kind of thing, which is no name in short."""
SUFFIXES = frozenset(("al", "ly", "ful", "ish", "less"))
"""Endings that make another word of a name ("incidental"), and no slip."""
CLEARLY = 0.9
"""Times the score of a name by part: no other may have more."""
LEAST = 0.0001
"""Score of a reading among very many."""
CLIPPED = "pros cons auth info docs repo config admin apps demo specs stats prefs temp vars args params"
"""Short forms that are near to much and no slips."""
ENGLISH = STOP | BASE | ADJECTIVES | set(BASE_OF) | set(PASTS) | set(PARTICIPLES) | set(CLIPPED.split())


class Linker:
    """Finds what texts name in a graph. What it knows of the graph's names grows with them, from the first call on.

    Args:
        graph: where the terms are.
        embedder: for the stage of meaning, which is left out without it.
        new_index: makes the index of that stage (`Kernels.vector_index`); left out likewise.
        known_words: tells words from slips. Without it the commonest verbs and adjectives of English, and words that
            stand in names, are known to be none, and the stage of meaning takes any word for one.
    """

    def __init__(
        self,
        graph: GraphReads,
        embedder: Embedder | None = None,
        *,
        new_index: NewIndex | None = None,
        known_words: KnownWords | None = None,
    ) -> None:
        self._graph = graph
        self._known_words = known_words
        self._near = NearNames()
        self._meant = NamesByMeaning(embedder, new_index)
        self._parts = NamesByPart()
        self._taken = self._counted = 0
        self._counts: Counter[int] = Counter()
        self._rule_terms: dict[str, str] = {}
        self._rules_version = -1

    @property
    def stages(self) -> dict[str, str]:
        """Each stage: "on", or why it is off."""
        return {"name": "on", "fuzzy": "on", "meaning": self._meant.state}

    def close(self) -> None:
        """Free the index of the stage of meaning; that stage is over. Closing twice is allowed."""
        self._meant.close()

    async def link(self, text: str, *, limit: int = 20) -> list[Entity]:
        """Return what a text names, the best reading of each mention, in the order of the text.

        Args:
            text: at most 20,000 characters.
            limit: at most so many mentions, the first ones; 1 to 1,000.

        Raises:
            InputError: `text` is no text or too long, or `limit` out of bounds.
        """
        check.integer("limit", limit, 1, MAX_MENTIONS)
        return [readings[0] for readings in (await self._mentions(text, parts=False))[:limit]]

    async def candidates(self, text: str) -> list[list[Entity]]:
        """Return the mentions of a text, in its order, none overlapping another, each with its readings best first.

        Beside those that `link` finds there are those by part; `how` is "part" then.

        Raises:
            InputError: as `link`.
        """
        return await self._mentions(text, parts=True)

    async def _mentions(self, text: str, *, parts: bool) -> list[list[Entity]]:
        check.text("text", text, max_chars=MAX_CHARS)
        written, text = text, text.replace("’", "'")
        pace = Pace()
        words = []
        for word in words_of(text):
            words.append(word)
            await pace()
        async with vocabulary_of(self._graph) as vocabulary:
            await self._take_names(vocabulary, pace)
            names = Names(vocabulary, self._rule_terms, self._counts)
            said = await said_in(text, words, names, pace)
            named = await self._by_name(text, words, names, pace)
            found = longest([one for one in named if not one.only(words, said)], words)
            left = left_by(found, words) - said
            real: set[str] = set()
            if left:
                real = await self._real(words, pace)
                found = longest([*found, *await self._nearly(text, words, names, left, real, pace)], words)
                left = left_by(found, words) - said
        if left:
            found = longest([*found, *await self._by_meaning(text, words, left, said, real, pace)], words)
        if parts and (left := left_by(found, words) - said):
            async with vocabulary_of(self._graph) as vocabulary:
                names = Names(vocabulary, self._rule_terms, self._counts)
                found = longest([*found, *await self._by_part(text, words, left, names, pace)], words)
        found = found or longest(named, words)
        return [_entities(written, words, one) for one in sorted(found, key=lambda one: one.first)]

    async def _take_names(self, vocabulary: Vocabulary, pace: Pace) -> None:
        """Take the names that are new, and count in how many new facts each term is."""
        if vocabulary.rules_version != self._rules_version:
            terms = vocabulary.rule_terms()
            self._take([terms[key] for key in terms.keys() - self._rule_terms.keys()])
            self._rule_terms, self._rules_version = terms, vocabulary.rules_version
        while self._taken < len(vocabulary):
            names = vocabulary.names(self._taken, self._taken + SLICE)
            self._take(names)
            self._taken += len(names)
            await pace()
        while self._counted < vocabulary.rows:
            stop = min(vocabulary.rows, self._counted + SLICE)
            self._counts.update(vocabulary.places(self._counted, stop))
            self._counted = stop
            await pace()

    def _take(self, names: Sequence[str]) -> None:
        self._near.add(names)
        self._parts.add(names)
        self._meant.add(names)

    async def _by_name(self, text: str, words: Sequence[Word], names: Names, pace: Pace) -> list[Mention]:
        found = []
        for first in range(len(words)):
            for last in range(first + 1, min(len(words), first + self._near.most_words) + 1):
                run = words[first:last]
                if all(word.stop for word in run):
                    continue
                readings = names.readings(text[run[0].start : run[-1].end])
                if readings:
                    found.append(Mention(first, last, 0, readings))
                elif not run[0].mark and not run[-1].mark:
                    others = [
                        _as_inflected(one) for name in inflected(text, run) for one in names.readings(name)
                    ]
                    others = others or self._otherwise_joined(text, run, names)
                    if others:
                        found.append(Mention(first, last, 1, others))
            await pace()
        return found

    def _otherwise_joined(self, text: str, run: Sequence[Word], names: Names) -> list[Reading]:
        """What a run means that is a name but for spaces and hyphens; words at its ends that say nothing count."""
        parts = parts_of(text[run[0].start : run[-1].end])
        readings = []
        for name in self._near.alike(parts):
            same = parts_of(name)
            first = not run[0].stop or same[0] in (parts[0], "".join(parts[:2]))
            if first and (not run[-1].stop or same[-1] in (parts[-1], "".join(parts[-2:]))):
                readings += [
                    Reading(one.term, "fuzzy", one.score * HYPHENATED) for one in names.readings(name)
                ]
        return readings

    async def _nearly(
        self, text: str, words: Sequence[Word], names: Names, left: set[int], real: set[str], pace: Pace
    ) -> list[Mention]:
        """Look up runs of words that hold one of `left`; `real` are those that are no slips."""
        found = []
        for first, last in runs(words, left, NEAR_WORDS):
            typed = parts_of(text[words[first].start : words[last - 1].end])
            readings = await self._misspelt(typed, real, names, pace) if typed else []
            if readings:
                found.append(Mention(first, last, 2, readings))
            await pace()
        return found

    async def _misspelt(
        self, typed: Sequence[str], real: Collection[str], names: Names, pace: Pace
    ) -> list[Reading]:
        """What misspelt words mean; where that is nothing and the last one looks like a plural, its singular does."""
        known = self._near.words
        typed = [one if part not in known and (one := singular(part)) in known else part for part in typed]
        real = {part for part in typed if part in real or part in known}
        near = await self._near.near(typed, real, pace)
        if not near and typed[-1] not in real and (last := singular(typed[-1])) != typed[-1]:
            near = await self._near.near([*typed[:-1], last], real, pace)
        readings = []
        whole = "".join(typed)
        for edits, name in near:
            if whole.startswith(form_of(name)) and whole.removeprefix(form_of(name)) in SUFFIXES:
                continue
            share = HYPHENATED if not edits else MISSPELT * (1 - edits / len(form_of(name)))
            readings += [Reading(one.term, "fuzzy", one.score * share) for one in names.readings(name)]
        return readings

    async def _by_meaning(
        self,
        text: str,
        words: Sequence[Word],
        left: set[int],
        said: set[int],
        real: set[str],
        pace: Pace,
    ) -> list[Mention]:
        """Look up runs of words that are no slips and no predicate; the graph does not wait while they are embedded."""
        phrases: dict[tuple[int, int], tuple[str, ...]] = {}
        for first, last in runs(words, left, MEANT_WORDS):
            if any(at in said and not words[at].stop for at in range(first, last)):
                continue
            content = content_of(text[words[first].start : words[last - 1].end])
            if 2 <= len(content) <= MAX_WORDS and self._are_words(content, real):
                phrases[first, last] = content
        near = await self._meant.near(list(phrases.values()), pace)
        if not any(near):
            return []
        found = []
        async with vocabulary_of(self._graph) as vocabulary:
            names = Names(vocabulary, self._rule_terms, self._counts)
            for (first, last), hits in zip(phrases, near, strict=True):
                readings = [
                    Reading(one.term, "meaning", one.score * cosine * MEANT)
                    for name, cosine in hits
                    for one in names.readings(name)
                ]
                if readings:
                    found.append(Mention(first, last, 3, readings))
                await pace()
        return found

    async def _by_part(
        self, text: str, words: Sequence[Word], left: set[int], names: Names, pace: Pace
    ) -> list[Mention]:
        """Look up runs of the words left that stand in one name only."""
        await self._parts.prepare(pace)
        found = []
        for first, last in runs(words, left, NEAR_WORDS):
            if not all(at in left or words[at].stop for at in range(first, last)):
                continue
            if first and words[first - 1].form in KIND_ASKED:
                continue
            said = text[words[first].start : words[last - 1].end]
            readings = [
                Reading(one.term, "part", one.score * score)
                for name, score in self._parts.having(stems_said(said))
                if last - first > 1 or _may_stand_for(words[first].form, name)
                for one in names.readings(name)
            ]
            best = max((one.score for one in readings), default=0.0)
            near = {one.term for one in readings if one.score > best * CLEARLY}
            if len(near) == 1:
                found.append(Mention(first, last, 4, readings))
            await pace()
        return found

    def _are_words(self, content: Sequence[str], real: set[str]) -> bool:
        return self._known_words is None or all(one in real or one in self._near.words for one in content)

    async def _real(self, words: Iterable[Word], pace: Pace) -> set[str]:
        """The parts of words that are no slips."""
        known = self._near.words
        real, unsure = set(), []
        for part in dict.fromkeys(part for word in words if not word.mark for part in parts_of(word.form)):
            if part in ENGLISH or part in known or singular(part) in known:
                real.add(part)
            else:
                unsure.append(part)
            await pace()
        if self._known_words is not None:
            for start in range(0, len(unsure), ASKED):
                asked = unsure[start : start + ASKED]
                real.update(compress(asked, await self._known_words(asked)))
                await pace()
        return real


def _may_stand_for(word: str, name: str) -> bool:
    """Whether one word can stand for a name: a noun, or a verb for its own noun ("bolt" for bolting)."""
    stems = stems_said(name)
    if len(stems) == 1:
        return True
    if word in ADJECTIVES or word in PASTS or word in PARTICIPLES or word.endswith(("ed", "ing", "ly")):
        return False
    return (word not in BASE and word not in BASE_OF) or stems_said(word)[-1:] == stems[-1:]


def _as_inflected(reading: Reading) -> Reading:
    how = "plural" if reading.how == "exact" else reading.how
    return Reading(reading.term, how, reading.score * INFLECTED)


def _entities(text: str, words: Sequence[Word], mention: Mention) -> list[Entity]:
    """The readings of a mention, each term once, best first."""
    start, end = words[mention.first].start, words[mention.last - 1].end
    best: dict[str, Reading] = {}
    for one in sorted(mention.readings, key=lambda reading: -reading.score):
        best.setdefault(one.term, one)
    return [
        Entity(text[start:end], start, end, one.term, one.how, max(round(one.score, 4), LEAST))
        for one in best.values()
    ]
