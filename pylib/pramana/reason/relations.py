"""Families of relations: which words of a question ask for which predicates, and which way effects run along these.

A predicate belongs to a family by the words of its name (`leads_to` by "lead"), so any graph's predicates do. One whose
name is in no family answers to the words of its name alone. English only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pramana.graph.english.lexicon import PARTICIPLES, PASTS, PREPOSITIONS
from pramana.kernels.reference.stem import stem

__all__ = [
    "ADJECTIVAL",
    "CONSEQUENCES",
    "FAMILIES",
    "INVERSE",
    "Family",
    "accepts",
    "akin",
    "chains",
    "effect_of",
    "families_of_word",
    "family_of",
    "flows",
    "flows_surely",
    "is_nominal",
    "own_stems",
    "root_of",
    "turns",
    "word_stem",
]


@dataclass(frozen=True, slots=True)
class Family:
    """Relations that are asked for with the same words.

    Attributes:
        name: of the family.
        words: the words that ask for it, and by which predicates belong to it.
        asking: further words that ask for it.
        predicates: names that belong to it whatever their words are.
        broader: a family whose words ask for this one too ("help against" for `prevents`), but not the other way.
        effect: 1 where the object is an effect of the subject, -1 where the subject is one of the object, else 0.
        chains: whether it holds over several steps ("requires").
        nominal: whether its words stand for the object ("the name of X"), so that X may be at either end.
    """

    name: str
    words: str
    asking: str = ""
    predicates: str = ""
    broader: str = ""
    effect: int = 0
    chains: bool = False
    nominal: bool = False


FAMILIES = (
    Family("kind", "kind type sort", "form category class example instance classify", "is is_a", chains=True),
    Family("cause", "cause produce", "create reason why make", broader="effect", effect=1, chains=True),
    Family(
        "enabling", "enable allow permit facilitate", "possible open", broader="effect", effect=1, chains=True
    ),
    Family(
        "effect",
        "lead result trigger entail imply favour favor contribute",
        "affect influence follow end become happen consequence outcome effect impact bring turn risk danger next",
        effect=1,
        chains=True,
    ),
    Family("exploitation", "exploit abuse", "advantage misuse", broader="effect", effect=-1, chains=True),
    Family("weakening", "weaken undermine bypass defeat circumvent", "wear worn erode sabotage"),
    Family("prevention", "prevent stop block avoid forbid", broader="protection"),
    Family("removal", "remove eliminate", "fix cure rid repair", broader="protection"),
    Family(
        "protection",
        "mitigate protect guard defend reduce counter treat",
        "help secure safe safely defence defense countermeasure protection against mitigation remedy",
    ),
    Family("resistance", "resist withstand", "immune"),
    Family("exposure", "vulnerable expose susceptible", "suffer prone attackable vulnerability"),
    Family("requirement", "require need depend rely", "prerequisite dependency necessary", chains=True),
    Family(
        "part",
        "part component contain consist include compose belong",
        "piece element step phase made",
        chains=True,
    ),
    Family("trait", "feature property characteristic", "weakness drawback", "has"),
    Family("use", "use employ utilise utilize"),
    Family("storage", "store keep"),
    Family("provision", "provide offer guarantee ensure", "give bring get"),
    Family("order", "before precede", "after order sequence first", chains=True),
    Family("indication", "indicate signal suggest", "sign symptom point mean"),
    Family("presentation", "symptom manifest"),
    Family("remedy", "answer", "respond response need", "calls_for"),
    Family("detection", "detect discover", "find found spot notice scan"),
    Family("naming", "call alias name", "abbreviation acronym known stand short", nominal=True),
    Family("suitability", "suitable fit appropriate recommend", "choose good use pick"),
    Family("definition", "define specify", "standard specification rfc", nominal=True),
    Family("identification", "identify", "number id identifier code", nominal=True),
    Family("place", "locate live reside born", "where"),
    Family("time", "date year deadline since", "when"),
    Family("deprecation", "deprecate obsolete", "outdated retire"),
)
_FLOWING = ("cause", "enabling", "effect")
_BY_NAME = {family.name: family for family in FAMILIES}


def stems_of(text: str) -> frozenset[str]:
    """The stems of words that one space parts."""
    return frozenset(map(word_stem, text.split()))


@lru_cache(maxsize=8_192)
def word_stem(word: str) -> str:
    """Return a word's stem, that of the verb for a past or a participle in the lexicon; lower case."""
    lower = word.lower()
    return stem(PARTICIPLES.get(lower) or PASTS.get(lower) or lower)


INVERSE = frozenset(map(word_stem, ("contain", "consist", "include", "compose", "after")))
"""Words that say what others of their family say the other way round."""
ADJECTIVAL = frozenset(("based", "called", "exposed", "known", "located", "related", "suited"))
"""Participles that are said of their subject like adjectives: nobody exposes or locates."""
CONSEQUENCES = stems_of(
    "consequence outcome effect impact follow happen become next risk danger damage end possible"
)
"""Words for what comes of a thing, wherever they stand; in "why does it happen" for what it comes of."""
_SMALL_WORDS = """
is are be has have does do by to of for in on at with from the a an as into than and or not
"""
_SMALL = frozenset(_SMALL_WORDS.split())


_WORDS = {family.name: stems_of(family.words) for family in FAMILIES}
_ASKING = {family.name: stems_of(f"{family.words} {family.asking}") for family in FAMILIES}
_PREDICATES = {name: family.name for family in FAMILIES for name in family.predicates.split()}


@lru_cache(maxsize=8_192)
def own_stems(predicate: str) -> frozenset[str]:
    """The stems of the words that tell a predicate from others: `part_of` has that of "part"."""
    words = [word for word in predicate.lower().replace("-", "_").split("_") if word]
    return frozenset(
        word_stem(word) for word in words if word not in _SMALL and word not in PREPOSITIONS
    ) or (stems_of(" ".join(word for word in words if word in {"before", "after"})))


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
    return _BY_NAME[family].effect if family else 0


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
    first = next((word for word in predicate.lower().split("_") if word not in {"is", "are"}), "")
    passive = first.endswith("ed") and first not in ADJECTIVAL
    return passive != bool(own_stems(predicate) & INVERSE)


def is_nominal(word: str) -> bool:
    """Whether a stem stands for the object of its relation."""
    return any(_BY_NAME[family].nominal for family in families_of_word(word))
