"""Forms of nouns and verbs, by rules of spelling that hold for made-up words too, and lists of exceptions.

Cases of letters are kept: APIs → API. A word all in capitals is never cut: DNS, US.
"""

from __future__ import annotations

import re

__all__ = [
    "comparative",
    "is_irregular_plural",
    "is_plural",
    "participle",
    "past",
    "singular",
    "third_person",
]

_IRREGULAR = {
    "people": "person", "persons": "person", "children": "child", "men": "man", "women": "woman",
    "mice": "mouse", "lice": "louse", "dice": "die", "geese": "goose", "feet": "foot", "teeth": "tooth",
    "oxen": "ox", "criteria": "criterion", "phenomena": "phenomenon", "bacteria": "bacterium",
    "indices": "index", "vertices": "vertex", "matrices": "matrix", "appendices": "appendix",
    "cacti": "cactus", "fungi": "fungus", "nuclei": "nucleus", "stimuli": "stimulus", "alumni": "alumnus",
    "quizzes": "quiz", "axes": "axis", "gases": "gas", "lenses": "lens", "biases": "bias", "aliases": "alias",
    "atlases": "atlas", "canvases": "canvas", "irises": "iris", "oases": "oasis", "crises": "crisis",
    "diagnoses": "diagnosis", "prognoses": "prognosis", "neuroses": "neurosis", "psychoses": "psychosis",
    "theses": "thesis", "hypotheses": "hypothesis", "syntheses": "synthesis", "parentheses": "parenthesis",
    "movies": "movie", "cookies": "cookie", "zombies": "zombie", "genies": "genie", "calories": "calorie",
    "selfies": "selfie", "rookies": "rookie", "brownies": "brownie", "pixies": "pixie", "hippies": "hippie",
    "shoes": "shoe", "toes": "toe", "foes": "foe", "canoes": "canoe", "oboes": "oboe",
    "photos": "photo", "pianos": "piano",
    "uses": "use", "reuses": "reuse", "muses": "muse", "fuses": "fuse", "ruses": "ruse", "excuses": "excuse",
    "recluses": "recluse", "abuses": "abuse", "misuses": "misuse",
    "caches": "cache", "aches": "ache", "headaches": "headache", "niches": "niche", "quiches": "quiche",
    "avalanches": "avalanche", "moustaches": "moustache", "psyches": "psyche",
    "leaves": "leaf", "knives": "knife", "lives": "life", "wives": "wife", "midwives": "midwife",
    "loaves": "loaf", "thieves": "thief", "hooves": "hoof", "scarves": "scarf", "wharves": "wharf",
    "dwarves": "dwarf", "valves": "valve", "sheaves": "sheaf",
}  # fmt: skip
_SAME_WORDS = """
sheep fish deer moose bison salmon trout shrimp squid swine aircraft spacecraft offspring species series cattle
police data
"""
_SAME = frozenset(_SAME_WORDS.split())
"""Their plural is their singular (cattle and police have no other)."""

_NEVER_CUT_WORDS = """
news physics mathematics economics ethics politics statistics robotics genetics electronics linguistics
acoustics optics athletics gymnastics thermodynamics dynamics mechanics semantics gas bias alias atlas canvas
lens pancreas christmas pyjamas scissors trousers kudos chaos cosmos ethos pathos kubernetes diabetes rabies
"""
_NEVER_CUT = frozenset(_NEVER_CUT_WORDS.split())
_NOT_MEN = (
    "omen",
    "specimen",
    "acumen",
    "abdomen",
    "regimen",
    "stamen",
    "ramen",
    "amen",
    "yemen",
    "bremen",
)

_VOWELS = re.compile("[aeiouy]+")


def singular(noun: str) -> str:
    """Return the singular of a noun; a word that is not plural by these rules comes back as it is.

    In this order: exceptions; -men → -man; words in -ss, -us and -is are not cut; -ies → -y (four letters: pies →
    pie); -lves → -lf; -yses → -ysis; -uses → -us, but -ouses and -auses lose s; -sses, -shes, -ches, -xes, -zzes,
    -tzes and -oes lose es; any other -s is lost.
    """
    word = noun.lower()
    if not _may_be_cut(noun, word):
        return noun
    if word in _IRREGULAR:
        return _with_ending(noun, word, _IRREGULAR[word])
    if noun[:-1].isupper():
        return noun[:-1]
    if word.endswith("men"):
        return noun[:-2] + "an"
    if word.endswith("ies"):
        return noun[:-1] if len(word) == 4 else noun[:-3] + "y"
    if word.endswith("lves"):
        return noun[:-3] + "f"
    if word.endswith("yses"):
        return noun[:-2] + "is"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "tzes", "oes")):
        return noun[:-2]
    if word.endswith("uses") and not word.endswith(("ouses", "auses")):
        return noun[:-2]
    return noun[:-1]


def _may_be_cut(noun: str, word: str) -> bool:
    if word in _IRREGULAR:
        return True
    if word in _SAME or word in _NEVER_CUT or len(word) < 3 or (noun.isupper() and noun.isalpha()):
        return False
    if word.endswith("men"):
        return word not in _NOT_MEN and len(word) > 4
    if noun.endswith("s") and noun[:-1].isupper():
        return True
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "s'"))


def _with_ending(noun: str, word: str, changed: str) -> str:
    """Return `changed` with the capitals of `noun`, as far as `word` and `changed` are the same."""
    same = 0
    while same < min(len(word), len(changed)) and word[same] == changed[same]:
        same += 1
    kept = noun[:same] + changed[same:]
    return kept if same or not noun[:1].isupper() else changed.capitalize()


def is_plural(noun: str) -> bool:
    """Whether a noun can be a plural: its singular is another word, or the same word (sheep)."""
    return noun.lower() in _SAME or singular(noun) != noun


def is_irregular_plural(noun: str) -> bool:
    """Whether a noun is a listed plural that looks like no singular: people, mice, criteria."""
    word = noun.lower()
    return word in _IRREGULAR and not word.endswith("s")


def third_person(verb: str) -> str:
    """Return the form for one: chase → chases, carry → carries, pass → passes, go → goes; be, have and do."""
    irregular = {"be": "is", "are": "is", "have": "has", "do": "does", "quiz": "quizzes"}.get(verb)
    if irregular:
        return irregular
    if verb.endswith(("s", "x", "z", "ch", "sh")) or (verb.endswith("o") and not verb.endswith("oo")):
        return verb + "es"
    if _ends_in_consonant_y(verb):
        return verb[:-1] + "ies"
    return verb + "s"


def past(verb: str) -> str:
    """Return the regular past: chase → chased, carry → carried, stop → stopped, visit → visited."""
    if verb.endswith("e"):
        return verb + "d"
    if _ends_in_consonant_y(verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if _doubles(verb) else verb) + "ed"


def participle(verb: str) -> str:
    """Return the present participle: chase → chasing, see → seeing, die → dying, stop → stopping."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and len(verb) > 2:
        return verb[:-1] + "ing"
    return (verb + verb[-1] if _doubles(verb) else verb) + "ing"


def comparative(adjective: str) -> str:
    """Return "bigger", "nicer", "happier" or "more dangerous"."""
    if _ends_in_consonant_y(adjective):
        return adjective[:-1] + "ier"
    if adjective.endswith("e"):
        return adjective + "r"
    if _doubles(adjective):
        return adjective + adjective[-1] + "er"
    syllables = len(_VOWELS.findall(adjective))
    return adjective + "er" if syllables < 2 else f"more {adjective}"


def _ends_in_consonant_y(verb: str) -> bool:
    return len(verb) > 1 and verb[-1] == "y" and verb[-2] not in "aeiou"


def _doubles(verb: str) -> bool:
    """One syllable that ends in one vowel and one consonant; verbs of more are listed where they double."""
    if verb in {
        "prefer",
        "refer",
        "admit",
        "commit",
        "permit",
        "submit",
        "transmit",
        "occur",
        "control",
        "begin",
        "emit",
    }:
        return True
    vowels = [letter in "aeiou" for letter in verb]
    return (
        len(verb) > 2 and vowels[-3:] == [False, True, False] and sum(vowels) == 1 and verb[-1] not in "wxy"
    )
