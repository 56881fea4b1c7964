"""Which words of a question ask for which predicates, and which way effects run along these.

A predicate whose name is in no family answers to the words of its name alone. English only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pramana.graph.english.lexicon import BASE, BASE_OF, PARTICIPLES, PASTS, PREPOSITIONS
from pramana.graph.english.morphology import is_irregular_plural, singular
from pramana.kernels.reference.stem import stem
from pramana.reason.families import FAMILIES

__all__ = [
    "ADJECTIVAL",
    "CONSEQUENCES",
    "HAPPENED",
    "INVERSE",
    "SYMMETRIC",
    "UNDERGONE",
    "accepts",
    "akin",
    "chains",
    "doing_of",
    "effect_of",
    "families_of_word",
    "family_of",
    "flows",
    "flows_surely",
    "is_nominal",
    "is_participial",
    "is_past",
    "is_undergone",
    "own_stems",
    "root_of",
    "turns",
    "word_stem",
    "words_of",
]


_FLOWING = ("cause", "enabling", "effect")
_BY_NAME = {family.name: family for family in FAMILIES}


def stems_of(text: str) -> frozenset[str]:
    """The stems of words that one space parts."""
    return frozenset(map(word_stem, text.split()))


@lru_cache(maxsize=8_192)
def word_stem(word: str) -> str:
    """Return a word's stem, that of the verb for a past or a participle in the lexicon; lower case."""
    lower = word.lower()
    if is_irregular_plural(lower) and lower not in BASE_OF:
        lower = singular(lower)
    return stem(PARTICIPLES.get(lower) or PASTS.get(lower) or lower)


INVERSE = frozenset(map(word_stem, ("contain", "consist", "include", "compose", "after", "prerequisite")))
"""Words that say what others of their family say the other way round."""
_HAPPENED_WORDS = """
appeared arrived belonged came contributed consisted died depended escaped ended graduated happened lasted lived moved
occurred participated played referred resided resulted retired returned served started stayed studied travelled
traveled turned voted went worked ran flew spoke sat swam fell rose slept stood grew
"""
HAPPENED = frozenset(_HAPPENED_WORDS.split())
"""Pasts that are no passive before a preposition: "lived in", beside "is located in"."""
_PARTICIPLES = frozenset(
    ["shown", "known", "grown", "drawn", "worn", "born", "torn", "sown", "hurt", "cut", "set", "put"]
)
"""Beside the pasts of the lexicon."""
_SIMPLE_PASTS_WORDS = """
was were had did ate saw ran went gave took wrote knew grew threw flew drew drove broke chose spoke stole wore bit hid
rode rose fell forgot began swam sang drank became came shrank sank rang
"""
_SIMPLE_PASTS = frozenset(_SIMPLE_PASTS_WORDS.split())
SYMMETRIC = frozenset(
    map(
        word_stem,
        [
            "border",
            "neighbour",
            "neighbor",
            "adjoin",
            "adjacent",
            "marry",
            "sibling",
            "twin",
            "near",
            "rival",
            "cousin",
            "friend",
        ],
    )
)
"""Words that say the same of both ends."""
UNDERGONE = frozenset(map(word_stem, ("die", "suffer", "get", "catch")))
"""Words whose subject is the object of their family's predicates: what dies is killed."""
ADJECTIVAL = frozenset(("based", "called", "exposed", "known", "located", "related", "suited"))
"""Participles that are said of their subject like adjectives: nobody exposes or locates."""
CONSEQUENCES = stems_of(
    "consequence outcome effect impact follow happen become next risk danger damage end possible"
)
"""Words for what comes of a thing, wherever they stand; in "why does it happen" for what it comes of."""
_AGENT = re.compile(r"(?:er|or)s?$")
_SMALL_WORDS = """
is are be has have does do by to of for in on at with from the a an as into than and or not
"""
_SMALL = frozenset(_SMALL_WORDS.split())


_WORDS = {family.name: stems_of(family.words) for family in FAMILIES}
_ASKING = {family.name: stems_of(f"{family.words} {family.asking}") for family in FAMILIES}
_PREDICATES = {name: family.name for family in FAMILIES for name in family.predicates.split()}


@lru_cache(maxsize=8_192)
def words_of(predicate: str) -> tuple[str, ...]:
    """The words that tell a predicate from others: `part_of` has "part"."""
    words = _parts(predicate)
    telling = tuple(word for word in words if word not in _SMALL and word not in PREPOSITIONS)
    return telling or tuple(word for word in words if word in {"before", "after"})


@lru_cache(maxsize=8_192)
def own_stems(predicate: str) -> frozenset[str]:
    """The stems of `words_of`."""
    return frozenset(map(word_stem, words_of(predicate)))


@lru_cache(maxsize=8_192)
def family_of(predicate: str) -> str:
    """The name of a predicate's family, "" for none."""
    name = predicate.lower()
    if name in _PREDICATES:
        return _PREDICATES[name]
    own = own_stems(name)
    return next((family for family, words in _WORDS.items() if own & words), "")


@lru_cache(maxsize=8_192)
def families_of_word(word: str) -> tuple[str, ...]:
    """The families that a stem asks for."""
    return tuple(name for name, words in _ASKING.items() if word in words)


def root_of(family: str) -> str:
    """The broadest family that a family is of."""
    while family and _BY_NAME[family].broader:
        family = _BY_NAME[family].broader
    return family


@lru_cache(maxsize=8_192)
def accepts(word: str, predicate: str) -> bool:
    """Whether a statement with a predicate is one that a stem asks for: "help" accepts `prevents`, not vice versa."""
    if word in own_stems(predicate):
        return True
    asked, family = families_of_word(word), family_of(predicate)
    while family:
        if family in asked:
            return True
        family = _BY_NAME[family].broader
    return False


@lru_cache(maxsize=8_192)
def akin(word: str, predicate: str) -> bool:
    """Whether a predicate is of the broadest family of a stem: "prevent" and `mitigates`."""
    roots = {root_of(family) for family in families_of_word(word)}
    return accepts(word, predicate) or root_of(family_of(predicate)) in roots


def effect_of(predicate: str) -> int:
    """1 where a predicate's object is an effect of its subject, -1 where the subject is one of the object, else 0."""
    family = family_of(predicate)
    effect = _BY_NAME[family].effect if family else 0
    return -effect if predicate.lower().endswith("_by") else effect


def flows(word: str) -> bool:
    """Whether a stem asks for effects or causes, whatever relation brings them about."""
    return any(family in _FLOWING for family in families_of_word(word))


def flows_surely(word: str) -> bool:
    """Whether a stem says nothing but that: "cause" and "lead", not "make" or "happen"."""
    return any(word in _WORDS[family] for family in _FLOWING)


def chains(predicate: str) -> bool:
    """Whether a relation holds over several steps."""
    family = family_of(predicate)
    return bool(family) and _BY_NAME[family].chains


@lru_cache(maxsize=8_192)
def turns(predicate: str) -> bool:
    """Whether a predicate says it the other way round: `detected_by`, `contains` beside `part_of`."""
    first = next((word for word in _parts(predicate) if word not in {"is", "are"}), "")
    passive = is_participial(predicate) and first not in ADJECTIVAL | HAPPENED
    return passive != bool(own_stems(predicate) & INVERSE)


def is_participial(predicate: str) -> bool:
    """Whether a predicate is a past with a preposition: `detected_by`, `written_in`, `lived_in`."""
    first, *rest = [word for word in _parts(predicate) if word not in {"is", "are"}] or [""]
    return is_past(first) and bool(rest) and rest[-1] in PREPOSITIONS


@lru_cache(maxsize=8_192)
def doing_of(word: str) -> str:
    """The stem of the verb that a word for who does it is made of: "teacher"; "" for other words."""
    ending = _AGENT.search(word.lower())
    base = word.lower()[: ending.start()] if ending else ""
    verb = (
        next((one for one in (base, f"{base}e", base[:-1]) if one in BASE or one == "own"), "")
        if base
        else ""
    )
    return word_stem(verb) if verb else ""


def is_undergone(predicate: str) -> bool:
    """Whether a predicate says what is or can be done to its subject: `written_in`, `refundable_in`."""
    return is_participial(predicate) or predicate.lower().split("_")[0].endswith(("able", "ible"))


def is_past(word: str) -> bool:
    """Whether a word, in lower case, may be a past participle."""
    return (
        word.endswith(("ed", "en")) or (word in PASTS and word not in _SIMPLE_PASTS) or word in _PARTICIPLES
    )


def _parts(predicate: str) -> list[str]:
    return [word for word in predicate.lower().replace("-", "_").split("_") if word]


def is_nominal(word: str) -> bool:
    """Whether a stem stands for the object of its relation."""
    return any(_BY_NAME[family].nominal for family in families_of_word(word))
