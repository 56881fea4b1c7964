from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

import pramana
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.vocabulary import Vocabulary, vocabulary_of


@asynccontextmanager
async def opened() -> AsyncIterator[KnowledgeGraph]:
    async with await pramana.open(":memory:") as memory:
        assert isinstance(memory.graph, KnowledgeGraph)
        yield memory.graph


def names_of(words: Vocabulary, numbers: list[int]) -> list[str]:
    return [words.name(number) for number in numbers]


def number(words: Vocabulary, text: str) -> int:
    found = words.number_of(text)
    assert found is not None
    return found


async def test_terms_are_found_however_they_are_spaced_and_cased() -> None:
    async with opened() as graph:
        await graph.add("Cross-Site Scripting", "is", "Straße")
        async with vocabulary_of(graph) as words:
            assert words.name(number(words, "cross-site   SCRIPTING")) == "Cross-Site Scripting"
            assert words.name(number(words, "STRASSE")) == "Straße"
            assert words.number_of("scripting") is None
            assert words.names(0, 100) == [words.name(at) for at in range(len(words))]
            assert words.names(1, 2) == [words.name(1)]


async def test_what_is_only_another_name_or_a_predicate_is_no_term() -> None:
    async with opened() as graph:
        await graph.add("cross-site scripting", "called", "XSS")
        await graph.add("xss", "alias", "css")
        await graph.add("tea", "called", "coffee", negated=True)
        await graph.add("tea", "harms", "sleep", negated=True)
        async with vocabulary_of(graph) as words:
            terms = {name for name in words.names(0, len(words)) if words.is_term(number(words, name))}
            assert terms == {"cross-site scripting", "XSS", "tea", "coffee", "sleep"}
            predicates = {
                name for name in words.names(0, len(words)) if words.is_predicate(number(words, name))
            }
            assert predicates == {"called", "alias", "harms"}


async def test_names_are_those_that_are_given_now_by_the_first_statement() -> None:
    async with opened() as graph:
        await graph.add("giant", "also_called", "whale")
        await graph.add("cetacean", "called", "whale")
        await graph.add("cetacean", "alias", "whale")
        await graph.add("boat", "called", "whale", valid_to_ms=1)
        async with vocabulary_of(graph) as words:
            assert names_of(words, words.named(number(words, "whale"))) == ["giant", "cetacean"]
            assert words.named(number(words, "giant")) == []
        await graph.retract(subject="giant")
        async with vocabulary_of(graph) as words:
            assert names_of(words, words.named(number(words, "whale"))) == ["cetacean"]
            assert not words.is_term(number(words, "giant"))
            assert not words.is_predicate(number(words, "also_called"))


async def test_rules_name_terms_while_they_are_in_force() -> None:
    async with opened() as graph:
        await graph.add_rule("(?x is human) & unless (?x is God) => (?x is Mortal)", name="death")
        async with vocabulary_of(graph) as words:
            before = words.rules_version
            assert words.rule_terms() == {"human": "human", "god": "God", "mortal": "Mortal"}
        await graph.remove_rule("death")
        async with vocabulary_of(graph) as words:
            assert words.rules_version != before
            assert words.rule_terms() == {}


@given(st.integers(0, 5), st.integers(0, 5))
async def test_places_come_a_stretch_at_a_time(start: int, size: int) -> None:
    async with await pramana.open(":memory:") as memory:
        assert isinstance(memory.graph, KnowledgeGraph)
        await memory.graph.add_many(
            [("a", "is", "b"), ("a", "called", "c"), ("d", "has", "a"), ("e", "alias", "f")]
        )
        about = [["a", "b"], ["a"], ["d", "a"], ["e"]]
        async with vocabulary_of(memory.graph) as words:
            assert words.rows == 4
            found = names_of(words, words.places(start, start + size))
    assert sorted(found) == sorted(chain(*about[start : start + size]))
