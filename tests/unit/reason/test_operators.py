"""Words that turn a question round: handled soundly, or the question is unknown, however much is known."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from pramana.answers import Answer
from pramana.errors import InputError
from pramana.knowledge import Verdict
from pramana.reason.deciding import together
from pramana.reason.manners import without_manners
from pramana.reason.operators import operators_in, without_excluded
from pramana.reason.question import read_question
from tests.unit.reason.graphs_asked import Asked, asked

TOLD = """
Socrates is a human. All humans are mortal. Zeus is not mortal. Every cat is an animal. Tom is a cat.
No fish is an animal. Nemo is a fish.
"""
FACTS = """
aspirin treats pain; ibuprofen treats pain; ibuprofen contraindicated_with warfarin; paracetamol treats fever
ibuprofen treats fever; mary mother_of john; john father_of jim; login before checkout; checkout before shipping
alice knows eve; carl knows eve; malware causes outage; outage causes loss; smoking causes cancer; cancer causes death
radon causes cancer; aspirin prevents clot; car requires engine; engine requires fuel; mercury causes tremor
bob works_at mill; seatbelt prevents injury
"""
DENIED = (("garlic", "cures", "cancer"), ("bob", "likes", "dave"), ("tea", "causes", "cancer"))

# question | verdict | words that the answer has, with commas ! words that it has not
TABLE = """
# what is asked is what is not so
What does not cause cancer? | answered | tea does not cause ! smoking ! radon
What doesn't cause death? | unknown
What does aspirin not prevent? | unknown
What does the car not require? | unknown
What cures cancer? | unknown
What causes cancer? | answered | smoking, radon ! tea
What does garlic not cure? | answered | garlic does not cure cancer
Why does smoking not cause death? | unknown
Why doesn't aspirin prevent clots? | unknown
Why is there no loss? | unknown
Why is there loss? | answered | outage causes loss
Who doesn't know Eve? | unknown
Who is not a cat? | unknown
Which animals are not cats? | unknown
Who does Bob not like? | answered | does not like dave
Is there no cure for cancer? | unknown
# yes and no
Does aspirin never treat pain? | false | aspirin treats pain
Does aspirin not treat pain? | false | aspirin treats pain
Doesn't aspirin treat pain? | true | aspirin treats pain
Aspirin treats pain, doesn't it? | true | aspirin treats pain
Does aspirin treat pain or not? | true | aspirin treats pain
Is it false that aspirin treats pain? | false | aspirin treats pain
Is it true that aspirin treats pain? | true | aspirin treats pain
Isn't it true that aspirin treats pain? | true | aspirin treats pain
Is it false that garlic cures cancer? | true | garlic does not cure cancer
Doesn't garlic cure cancer? | false | garlic does not cure cancer
Does aspirin never not treat pain? | unknown
Does neither aspirin nor ibuprofen treat pain? | unknown
Does nobody know Eve? | unknown
Does aspirin hardly treat pain? | unknown
Does aspirin fail to treat pain? | unknown
Does aspirin stop treating pain? | unknown
# several things at once
Do aspirin and warfarin treat pain? | unknown
Do aspirin and ibuprofen treat pain? | true | aspirin treats pain, ibuprofen treats pain
Does aspirin or warfarin treat pain? | true | aspirin treats pain
Does warfarin or mercury treat pain? | unknown
Is Tom a cat and a fish? | unknown
Is Tom both a cat and an animal? | true | Tom is a cat, Tom is an animal
Is Nemo a fish and an animal? | false | Nemo is not an animal
Is Tom a cat or a fish? | true | Tom is a cat
Do aspirin and ibuprofen treat pain and tremor? | unknown
Does ibuprofen treat pain and fever? | true | ibuprofen treats pain, ibuprofen treats fever
Do ibuprofen and aspirin treat pain or fever? | true | treats pain
Does Bob know that aspirin treats pain? | unknown
Is Tom a cat and quick? | unknown
Do garlic and tea cause cancer? | false | tea does not cause cancer
What treats both pain and tremor? | unknown
What causes both cancer and sadness? | unknown
What causes cancer and pain? | unknown
What treats both pain and fever? | answered | ibuprofen ! aspirin ! paracetamol
What do aspirin and ibuprofen both treat? | answered | pain ! fever
Which of aspirin and warfarin treats pain? | answered | aspirin treats pain ! ibuprofen
# left out
What other than ibuprofen treats pain? | answered | aspirin treats pain ! ibuprofen
Besides ibuprofen, what treats pain? | answered | aspirin treats pain ! ibuprofen
Which drug besides aspirin treats pain? | answered | ibuprofen treats pain ! aspirin
Who except Alice knows Eve? | answered | carl knows eve ! alice
Who apart from Alice and Carl knows Eve? | unknown
What other than smoking causes cancer? | answered | radon ! smoking
What other than unobtainium treats pain? | unknown
Does anything other than aspirin treat pain? | unknown
What treats pain but is not contraindicated with warfarin? | unknown
Who other than Socrates is mortal? | answered | human is mortal ! Socrates ! Zeus
# narrowed
Does only aspirin treat pain? | unknown
Is aspirin the only thing that treats pain? | unknown
Does aspirin always treat pain? | unknown
Does aspirin treat severe pain? | unknown
Does aspirin treat pain in Tom? | unknown
Does aspirin treat pain better than ibuprofen? | unknown
Does aspirin treat Tom's pain? | unknown
Does the lack of smoking cause cancer? | unknown
Does quitting smoking cause cancer? | unknown
Does the car require two engines? | unknown
Does the car require at least one engine? | true | car requires engine
Does the car require an engine? | true | car requires engine
How many engines does the car require? | unknown
# said, and not so for that
Does Bob think aspirin treats pain? | unknown
Who said aspirin treats pain? | unknown
Who thinks that aspirin treats pain? | unknown
Do you think aspirin treats pain? | true | aspirin treats pain
I think aspirin treats pain, doesn't it? | true | aspirin treats pain
# whose, and in which order
Who is John's father? | unknown
Who is Jim's father? | answered | john is father of jim
Who is John's mother? | answered | mary is mother of john
What comes after checkout? | answered | checkout comes before shipping ! login
What comes before checkout? | answered | login comes before checkout ! shipping
Who has an engine? | unknown
# against something against it
How can I avoid pain relief? | unknown
# supposed only
What happens if there is no malware? | answered | malware causes outage
What happens if seatbelts are not used? | answered | no longer be so: seatbelt prevents injury
# manners
Do you know who is mortal? | answered | Socrates ! Zeus
I want to know who is mortal | answered | Socrates ! Zeus
Could you tell me who is not mortal, please? | answered | Zeus is not mortal ! Socrates
Hey, is Zeus mortal? | false | Zeus is not mortal
Is Zeus mortal, please? | false | Zeus is not mortal
"""
ROWS = [line for line in TABLE.splitlines() if line and not line.startswith("#")]


@asynccontextmanager
async def known() -> AsyncIterator[Asked]:
    facts = (fact.split() for line in FACTS.split("\n") for fact in line.split(";") if fact.strip())
    async with asked(*((first, predicate, last) for first, predicate, last in facts)) as here:
        await here.graph.tell(TOLD)
        for denied in DENIED:
            await here.graph.add(*denied, negated=True)
        yield here


def is_right(row: str, answer: Answer) -> bool:
    question, verdict, words = (part.strip() for part in f"{row} |".split("|")[:3])
    wanted, *unwanted = (part.strip().lower() for part in words.split("!"))
    text = answer.text.lower()
    return (
        (answer.verdict, answer.question) == (verdict, question)
        and all(word.strip() in text for word in wanted.split(","))
        and not any(word in text for word in unwanted)
    )


async def test_words_that_turn_a_question_round_are_handled_or_it_is_unknown() -> None:
    wrong = []
    async with known() as here:
        for row in ROWS:
            answer = await here(row.partition("|")[0].strip())
            if not is_right(row, answer):
                wrong.append((row, answer.verdict, answer.text))
    assert wrong == []


async def test_a_memory_of_what_is_left_out_or_denied_is_no_answer() -> None:
    async with asked() as here:
        await here.bank.store(task_description="bake sourdough bread", strategy="sponge", success_score=0.9)
        await here.facts(("sponge", "is", "leaven"))
        assert (await here("how to bake sourdough bread")).verdict == "answered"
        assert (await here("how not to bake sourdough bread")).verdict == "unknown"
        assert (await here("how to bake sourdough bread besides sponge")).verdict == "unknown"


async def test_what_stopped_a_question_stands_in_the_trace() -> None:
    async with asked(("aspirin", "treats", "pain")) as here:
        answer = await here("Does only aspirin treat pain?")
        assert answer.trace[-1].found == {"verdict": "unknown", "turned_by": "only"}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Could you tell me who is mortal?", "who is mortal?"),
        ("Hey, do you know who is mortal, thanks!", "who is mortal"),
        ("Please list all cats", "list all cats"),
        ("Who can tell me what Rome is?", "Who can tell me what Rome is?"),
        ("Do you know Rome?", "Do you know Rome?"),
        ("So what?", "So what?"),
    ],
)
def test_manners_are_blanked_and_all_else_stays_in_its_place(text: str, plain: str) -> None:
    blank = without_manners(text)
    assert blank.strip() == plain
    assert len(blank) == len(text)
    assert all(mine in {" ", theirs} for mine, theirs in zip(blank, text, strict=True))


async def test_mentions_keep_their_places_behind_manners() -> None:
    async with asked(("rome", "causes", "joy")) as here:
        text = "Could you tell me what Rome causes, please?"
        [rome] = (await here(text)).entities
        assert text[rome.start : rome.end] == rome.mention == "Rome"


def test_words_of_a_name_turn_nothing_round() -> None:
    async def read() -> tuple[bool, str]:
        async with asked(("no entry", "is", "sign"), ("only child", "is", "film")) as here:
            text = "Is No Entry like Only Child?"
            named = [one[0] for one in await here.reasoner._linker.candidates(text)]
            turned = operators_in(read_question(text, without_excluded(text, named).entities))
            assert len(named) == 2
            return turned.denied, turned.unsound

    assert asyncio.run(read()) == (False, "")


def test_of_several_verdicts_the_deciding_one_counts() -> None:
    yes, no, open_ = Verdict("true", 0.9), Verdict("false", 0.8), Verdict("unknown", 0.0)
    assert together([yes, open_], every=True).verdict == "unknown"
    assert together([open_, no], every=True) == no
    assert together([yes, Verdict("true", 0.4)], every=True).confidence == 0.4
    assert together([open_, yes], every=False) == yes
    assert together([no, open_], every=False).verdict == "unknown"
    assert together([no, no], every=False).verdict == "false"


LONG = {
    "sentences": "IT is a department. " * 500,
    "possessives": "IT's " * 1999,
    "joined": "Is IT and " * 900 + "?",
    "whys": "why " * 2500,
    "spaces": "who" + " " * 9000 + "IT",
    "one word": "a" * 9000 + " IT",
}


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no clock of a thread's time")
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
async def test_a_long_question_leaves_room_for_others(text: str) -> None:
    worst = 0.0

    async def beat() -> None:
        nonlocal worst
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            worst, last = max(worst, now - last), now

    async with asked(("it", "is", "department")) as here:
        await here("What is IT?")
        beating = asyncio.create_task(beat())
        await asyncio.sleep(0)
        await here(text)
        await asyncio.sleep(0)
        beating.cancel()
    assert 0 < worst < 0.25


@pytest.mark.parametrize("namespace", [5, "", "x" * 10_000])
async def test_a_namespace_is_checked_before_anything_is_read(namespace: object) -> None:
    async with asked() as here:
        with pytest.raises(InputError) as refused:
            await here("What?", namespace=namespace)
        assert refused.value.details["field"] == "namespace"
