"""Questions are answered with evidence that can be checked, or stay unknown."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.answers import Answer
from pramana.errors import InputError
from pramana.proofs import check
from pramana.reason.evidence import DOUBT
from tests.golden.reason.answering import PACKS, answer_figures, ask_all, calibration_error, open_sample
from tests.golden.reason.scores import labelled
from tests.unit.reason.graphs_asked import Asked, asked

CHAIN = (
    ("rain", "causes", "flood"),
    ("flood", "causes", "erosion"),
    ("erosion", "causes", "landslide"),
    ("landslide", "causes", "blockade"),
)
CLINIC = (
    ("fever", "indicates", "influenza"),
    ("cough", "indicates", "influenza"),
    ("influenza", "causes", "exhaustion"),
    ("vaccine", "prevents", "influenza"),
    ("mask", "mitigates", "influenza"),
    ("influenza", "is", "disease"),
    ("measles", "is", "disease"),
    ("influenza", "requires", "virus"),
    ("measles", "requires", "virus"),
    ("measles", "causes", "rash"),
)
ORDERED = (("lunch", "before", "nap"), ("leak", "detected_by", "sensor"), ("fire", "causes", "smoke"))
PLACES = (
    ("kafka", "born_in", "prague"),
    ("prague", "located_in", "bohemia"),
    ("oslo", "located_in", "norway"),
)
QUESTIONS = (
    "How do I treat influenza?",
    "Is influenza a disease?",
    "Who wrote Hamlet?",
    "Any zork is a blarg?",
)
WORDS = "what does is influenza cause measles prevent by not the kitten of if why how many ? , . – 'sé"
BREAD: dict[str, Any] = {
    "task_description": "bake sourdough bread",
    "strategy": "long cold rise",
    "success_score": 0.9,
}
CITED = re.compile(r"\[(\d+)\]")


async def cited_as_promised(here: Asked, answer: Answer) -> None:
    """Every [n] has its citation and the other way round, and what is cited exists."""
    assert set(map(int, CITED.findall(answer.text))) == set(range(1, len(answer.citations) + 1))
    facts = {fact.id for fact in await here.graph.match(limit=1000, negated=None)}
    rules = {rule.id for rule in await here.graph.rules()}
    for one in answer.citations:
        if one.kind == "memory":
            assert await here.bank.get(one.id)
        else:
            assert one.id in (facts if one.kind == "fact" else rules)


async def test_what_follows_is_answered_with_a_proof_that_checks() -> None:
    async with asked() as here:
        await here.graph.tell("Socrates is a human. All humans are mortal.")
        answer = await here("Is Socrates mortal?")
        assert answer.verdict == "true"
        [proof] = answer.proofs
        check(proof, await here.graph.match(limit=100), await here.graph.rules())
        assert answer.text == "Yes: Socrates is mortal, since Socrates is human [1], by rule [2]."
        assert [one.kind for one in answer.citations] == ["fact", "rule"]
        assert answer.confidence == 1.0


async def test_a_denial_is_answered_with_false() -> None:
    async with asked() as here:
        await here.graph.tell("Tweety is a penguin. No penguins fly.")
        answer = await here("Does Tweety fly?")
        assert (answer.verdict, answer.text[:4]) == ("false", "No: ")


async def test_what_is_neither_stated_nor_denied_is_unknown_and_says_nothing() -> None:
    async with asked(*CLINIC) as here:
        for question in (
            "Does mask prevent influenza?",
            "Is rash a disease?",
            "Does measles cause exhaustion?",
        ):
            answer = await here(question)
            assert (answer.verdict, answer.text, answer.confidence) == ("unknown", "", 0.0), question
            assert (answer.citations, answer.proofs, answer.paths, answer.memories) == ((), (), (), ())


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote Hamlet?",
        "Which company sells the vaccine?",
        "What is the price of a mask?",
        "Who invented the vaccine?",
        "What does influenza contain?",
        "Why does rash cause fever?",
        "How does the vaccine lead to measles?",
        "How does stress lead to exhaustion?",
        "?",
        "",
    ],
)
async def test_a_question_on_something_that_is_not_there_is_unknown(question: str) -> None:
    async with asked(*CLINIC) as here:
        answer = await here(question)
        assert (answer.verdict, answer.text) == ("unknown", "")


async def test_a_contradiction_is_unknown_with_both_sides() -> None:
    async with asked() as here:
        await here.graph.add_rule("(?x is swan) => (?x is white)")
        await here.graph.add_rule("(?x from australia) => not (?x is white)")
        await here.facts(("Bruce", "is", "swan"), ("Bruce", "from", "australia"))
        answer = await here("Is Bruce white?")
        assert answer.verdict == "unknown"
        assert answer.proofs
        assert answer.against


async def test_a_word_of_a_family_accepts_what_is_stronger_and_not_what_is_weaker() -> None:
    async with asked(*CLINIC) as here:
        assert (await here("Does the vaccine help against influenza?")).verdict == "true"
        assert (await here("Does the mask help against influenza?")).verdict == "true"
        assert (await here("Would a mask prevent influenza?")).verdict == "unknown"
        assert (await here("Would a mask help against influenza on Mars?")).verdict == "unknown"


async def test_order_and_voice_say_which_term_is_the_subject() -> None:
    async with asked(
        ("lunch", "before", "nap"), ("leak", "detected_by", "sensor"), ("fire", "causes", "smoke")
    ) as here:
        verdicts = {
            "Does lunch come before nap?": "true",
            "Does nap come after lunch?": "true",
            "Does lunch come after nap?": "unknown",
            "Does nap come before lunch?": "unknown",
            "Is smoke caused by fire?": "true",
            "Is fire caused by smoke?": "unknown",
            "Can a leak be detected by a sensor?": "true",
        }
        assert {question: (await here(question)).verdict for question in verdicts} == verdicts
        assert "fire causes smoke" in (await here("What causes smoke?")).text.lower()
        assert (await here("What does smoke cause?")).verdict == "unknown"
        assert (await here("What causes fire?")).verdict == "unknown"


async def test_a_causal_question_shows_the_chain() -> None:
    async with asked(*CHAIN) as here:
        answer = await here("How does rain lead to a landslide?")
        assert answer.verdict == "answered"
        assert answer.kind == "causal"
        assert [path.terms for path in answer.paths] == [("rain", "flood", "erosion", "landslide")]
        assert answer.text == "Rain causes flood [1], which causes erosion [2], which causes landslide [3]."
        await cited_as_promised(here, answer)


async def test_a_chain_is_not_turned_round_to_answer() -> None:
    async with asked(*CHAIN) as here:
        assert (await here("How does a landslide lead to rain?")).verdict == "unknown"
        assert (await here("Why does erosion cause a flood?")).verdict == "unknown"
        passive = await here("How is erosion caused by rain?")
        assert [path.terms for path in passive.paths] == [("rain", "flood", "erosion")]


async def test_depth_limits_chains() -> None:
    async with asked(*CHAIN) as here:
        question = "How does rain lead to a blockade?"
        assert (await here(question, depth=2)).verdict == "unknown"
        assert (await here(question, depth=3)).verdict == "unknown"
        assert [len(path.steps) for path in (await here(question, depth=4)).paths] == [4]
        shallow = await here("What are the effects of rain?", depth=2)
        assert [path.terms for path in shallow.paths] == [("rain", "flood", "erosion")]


async def test_a_walk_that_is_cut_says_so() -> None:
    wide = [("root", "causes", f"twig {number}") for number in range(70)]
    wide += [(f"twig {number}", "causes", f"leaf {number}") for number in range(70)]
    for triples, cut in ((wide, True), (CHAIN, False)):
        async with asked(*triples) as here:
            answer = await here(f"What are the effects of {triples[0][0]}?")
            assert answer.verdict == "answered"
            assert next(one.found["cut"] for one in answer.trace if one.step == "gather") == cut
            assert len(answer.paths) <= 5


async def test_of_many_statements_the_nearest_are_told() -> None:
    many = [("hub", "touches", f"spoke {number:02}") for number in range(40)]
    near = [("spoke 33", "feeds", "hub"), ("spoke 33", "cools", "hub"), ("spoke 33", "oils", "hub")]
    async with asked(*many, *near) as here:
        answer = await here("Tell me about the hub")
        assert re.findall(r"spoke \d\d", answer.text)[0] == "spoke 33"
        assert len(answer.citations) < 20
        listed = await here("What does the hub touch?")
        assert len(re.findall(r"spoke \d\d", listed.text)) == 12
        assert listed.text.endswith(". 28 more are known.")


async def test_causes_run_against_effects() -> None:
    async with asked(*CHAIN) as here:
        answer = await here("What causes a landslide?", depth=2)
        assert [path.terms for path in answer.paths] == [("landslide", "erosion", "flood")]
        assert "Erosion causes landslide [1]; flood causes erosion [2]." in answer.text


async def test_a_symptom_is_traced_to_what_it_indicates() -> None:
    async with asked(*CLINIC, ("influenza", "exploits", "weak immunity")) as here:
        answer = await here("My patient has a fever and feels bad, what is wrong?")
        assert answer.kind == "diagnostic"
        assert answer.text == "Fever indicates influenza [1]. Influenza exploits weak immunity [2]."
        doubted = 2 / 3  # nothing was found on the patient, or on feeling bad
        assert answer.confidence == pytest.approx(1 - DOUBT * doubted)


async def test_a_comparison_says_what_is_shared_and_what_is_not() -> None:
    async with asked(*CLINIC) as here:
        answer = await here("What is the difference between influenza and measles?")
        assert "Both influenza [1] and measles [2] are diseases." in answer.text
        assert "Influenza causes exhaustion" in answer.text
        assert "Measles causes rash" in answer.text
        await cited_as_promised(here, answer)


async def test_a_procedural_question_gets_the_defences() -> None:
    async with asked(*CLINIC) as here:
        assert (await here("How do I prevent influenza?")).text == "Vaccine prevents influenza [1]."
        answer = await here("How do I protect against influenza?")
        assert answer.text == "Vaccine prevents influenza [1]. Mask mitigates influenza [2]."


async def test_what_would_be_missing_is_what_it_does() -> None:
    async with asked(*CLINIC) as here:
        answer = await here("What would happen without the vaccine?")
        assert answer.text == (
            "This would no longer be so: vaccine prevents influenza [1]. Influenza causes exhaustion [2]."
        )


async def test_a_list_is_given_in_one_sentence() -> None:
    async with asked(*CLINIC) as here:
        assert (await here("Which diseases are there?")).text == "Influenza [1] and measles [2] are diseases."


async def test_relations_that_no_family_knows_are_found_by_their_name() -> None:
    async with asked(("kafka", "wrote", "the castle"), ("paris", "twinned_with", "rome")) as here:
        assert (await here("Who wrote The Castle?")).text == "Kafka wrote the castle [1]."
        assert (await here("What is Paris twinned with?")).text == "Paris is twinned with rome [1]."
        assert (await here("Who translated The Castle?")).verdict == "unknown"


async def test_how_two_things_are_connected_is_a_path_of_any_relations_or_unknown() -> None:
    async with asked(
        ("kafka", "born_in", "prague"), ("prague", "located_in", "bohemia"), ("oslo", "located_in", "norway")
    ) as here:
        answer = await here("How are Kafka and Bohemia connected?")
        assert [path.terms for path in answer.paths] == [("kafka", "prague", "bohemia")]
        assert (await here("How are Kafka and Norway connected?")).verdict == "unknown"


async def test_a_memory_alone_answers_how_to_do_what_was_done() -> None:
    async with asked() as here:
        pid = await here.bank.store(**BREAD)
        answer = await here("how to bake sourdough bread")
        assert answer.verdict == "answered"
        assert [one.id for one in answer.memories] == [pid]
        assert (
            answer.text
            == 'For "bake sourdough bread", the strategy "long cold rise" has a success of 0.90 [1].'
        )
        assert answer.confidence == pytest.approx(answer.memories[0].similarity * 0.9)
        assert (await here("how to bake a cake")).verdict == "unknown"
        assert (await here("how to bake sourdough bread", namespace="work")).verdict == "unknown"


async def test_confidence_is_that_of_the_evidence_and_the_least_asked_for_holds() -> None:
    async with asked() as here:
        await here.graph.add("fog", "causes", "delay", confidence=0.5)
        await here.graph.add("delay", "causes", "anger", confidence=0.5)
        answer = await here("How does fog lead to anger?")
        assert answer.confidence == pytest.approx(0.25)
        assert (await here("How does fog lead to anger?", min_confidence=0.3)).verdict == "unknown"
        assert (await here("Does fog cause delay?", min_confidence=0.6)).verdict == "unknown"
        assert (await here("Does fog cause delay?", min_confidence=0.4)).confidence == pytest.approx(0.5)


async def test_the_past_is_answered_as_of_then() -> None:
    async with asked() as here:
        await here.graph.add("ann", "leads", "team", valid_from_ms=1_000, valid_to_ms=2_000)
        await here.graph.add("bob", "leads", "team", valid_from_ms=2_000)
        assert (await here("Who leads the team?", as_of_ms=1_500)).text == "Ann leads team [1]."
        assert (await here("Who leads the team?")).text == "Bob leads team [1]."


async def test_what_holds_between_two_terms_is_the_whole_answer_to_a_question_on_both() -> None:
    async with asked(*CLINIC) as here:
        await here.graph.add("mask", "suitable_for", "diving", negated=True)
        await here.graph.add("goggles", "suitable_for", "diving")
        assert (
            await here("Why is a mask not suitable for diving?")
        ).text == "Mask is not suitable for diving [1]."


async def test_several_readings_of_a_name_are_tried_until_one_is_decided() -> None:
    async with asked(("crane bird", "called", "crane"), ("crane machine", "called", "crane")) as here:
        await here.facts(("crane bird", "is", "animal"), ("crane machine", "lifts", "load"))
        bird = await here("Is crane an animal?")
        machine = await here("Does crane lift load?")
        assert (bird.verdict, bird.entities[0].term) == ("true", "crane bird")
        assert (machine.verdict, machine.entities[0].term) == ("true", "crane machine")


@pytest.mark.parametrize("build", ["simd", "scalar", "reference"])
async def test_every_build_of_the_kernels_gives_the_same_answers(build: str) -> None:
    async with asked(*CHAIN, *CLINIC, build=build) as here:
        await here.graph.tell("Socrates is a human. All humans are mortal.")
        texts = [
            (await here(question)).text
            for question in ("Is Socrates mortal?", "How does rain lead to erosion?")
        ]
        assert texts == [
            "Yes: Socrates is mortal, since Socrates is human [1], by rule [2].",
            "Rain causes flood [1], which causes erosion [2].",
        ]


async def test_a_long_text_with_many_names_keeps_no_one_waiting() -> None:
    async with asked(*CHAIN, *CLINIC) as here:
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                before = time.process_time()
                await asyncio.sleep(0)
                longest = max(longest, time.process_time() - before)

        await here("What causes rain?")
        watching = asyncio.create_task(watch())
        await here(("why does rain cause fever, influenza or erosion and what happens then " * 200)[:10_000])
        watching.cancel()
        assert longest < 0.25


async def test_asking_stores_nothing() -> None:
    async with asked(*CLINIC) as here:
        await here.bank.store(task_description="treat influenza at home")
        before = (await here.bank.stats(), await here.graph.stats(), here.database.state)
        for question in (
            "How do I treat influenza?",
            "Is influenza a disease?",
            "Who wrote Hamlet?",
            "Any zork is a blarg?",
        ):
            await here(question)
        after = (await here.bank.stats(), await here.graph.stats(), here.database.state)
        assert after[2] == before[2]
        assert after[0]["patterns"] == before[0]["patterns"]
        assert after[1]["facts"] == before[1]["facts"]


async def test_the_steps_are_traced_with_their_times() -> None:
    async with asked(*CLINIC) as here:
        answer = await here("How do I prevent influenza?")
        assert [step.step for step in answer.trace] == [
            "classify",
            "link",
            "understand",
            "gather",
            "infer",
            "answer",
        ]
        assert all(step.ms >= 0.0 for step in answer.trace)
        assert sum(step.ms for step in answer.trace) <= answer.compute_ms
        assert answer == Answer.from_dict(json.loads(json.dumps(answer.to_dict())))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("depth", 0),
        ("depth", 17),
        ("depth", True),
        ("k", 0),
        ("min_confidence", 1.5),
        ("as_of_ms", "now"),
        ("text", 7),
        ("text", "\ud800"),
    ],
)
async def test_arguments_outside_their_bounds_are_refused_by_name(field: str, value: object) -> None:
    async with asked(*CLINIC) as here:
        with pytest.raises(InputError) as refused:
            await here(**{"text": "What is influenza?", field: value})  # type: ignore[arg-type]
        assert refused.value.details["field"] == field


@settings(max_examples=40)
@given(
    words=st.lists(
        st.sampled_from(
            [
                "what",
                "does",
                "is",
                "influenza",
                "cause",
                "measles",
                "prevent",
                "by",
                "not",
                "the",
                "kitten",
                "of",
                "if",
                "why",
                "?",
                ",",
                ".",
                "–",
                "'sé",
            ]
        ),
        max_size=12,
    )
)
async def test_any_words_get_an_answer_that_keeps_its_promises(words: list[str]) -> None:
    async with asked(*CLINIC) as here:
        answer = await here(" ".join(words))
        assert answer.verdict in {"true", "false", "answered", "unknown"}
        assert (answer.verdict == "unknown") == (not answer.text)
        assert 0.0 <= answer.confidence <= 1.0
        await cited_as_promised(here, answer)


@settings(max_examples=40)
@given(text=st.text(max_size=60))
async def test_any_text_gets_an_answer_that_cites_what_there_is(text: str) -> None:
    async with asked(('say "hi"', "causes", "joy"), ("é", "is", "letter")) as here:
        await cited_as_promised(here, await here(f'{text} say "hi" {text} é {text}'))


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    assert calibration_error([]) == 0.0
    assert calibration_error([(1.0, True), (1.0, True)]) == 0.0
    assert calibration_error([(0.95, True), (0.95, False), (0.15, False)]) == pytest.approx(
        (2 * 0.45 + 0.15) / 3
    )


LEAST = {
    "web-security": {"verdicts": 0.96, "answer_terms": 0.94, "evidence_recall": 0.96, "memories_recall": 0.6},
    "garden": {"verdicts": 0.79, "answer_terms": 0.55, "evidence_recall": 0.63, "memories_recall": 0.4},
    "shop": {"verdicts": 0.86, "answer_terms": 0.6, "evidence_recall": 0.66, "memories_recall": 0.54},
}
"""Of the development halves."""


@pytest.mark.parametrize("pack", PACKS)
async def test_the_packs_are_answered_as_well_as_they_were(pack: str) -> None:
    questions, unknowns = (labelled(name, "dev", pack)[1] for name in ("questions", "unknown"))
    async with open_sample(pack) as sample:
        given_answers, refused = await ask_all(sample, questions), await ask_all(sample, unknowns)
        figures = answer_figures(sample, questions, given_answers, unknowns, refused)
        facts, rules = (
            await sample.memory.graph.match(limit=10_000, negated=None),
            await sample.memory.graph.rules(),
        )
        assert (await sample.memory.reason("Who wrote Hamlet?")).verdict == "unknown"
    assert {name: figures[name] for name, least in LEAST[pack].items() if figures[name] < least} == {}
    assert figures["unknown_kept"] == 1.0
    assert figures["ece"] <= 0.22
    stated = {fact.id for fact in facts} | {rule.id for rule in rules}
    for answer in given_answers:
        assert {one.id for one in answer.citations if one.kind != "memory"} <= stated
