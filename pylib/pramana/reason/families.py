"""Families of relations, and the words and phrases that ask for them: a table, in plain English.

A predicate belongs to a family by the words of its name (`leads_to` by "lead"), so any graph's predicates do.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAMILIES", "PHRASES", "Family"]


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
    Family(
        "origin",
        "originate",
        "reason why due",
        "comes_from stems_from arises_from due_to results_from follows_from derives_from because_of",
        broader="effect",
        effect=-1,
        chains=True,
    ),
    Family("exploitation", "exploit abuse", "advantage misuse", broader="effect", effect=-1, chains=True),
    Family("weakening", "weaken undermine bypass defeat circumvent", "wear worn erode sabotage"),
    Family("prevention", "prevent stop block avoid forbid", broader="protection"),
    Family(
        "removal",
        "remove eliminate clear fix cure heal ease relieve repair resolve solve",
        "rid sort",
        "ends gets_rid_of",
        broader="protection",
    ),
    Family(
        "protection",
        "mitigate protect guard defend reduce lower decrease counter treat repel deter limit",
        "help secure safe safely defence defense countermeasure protection against mitigation remedy do",
        "keeps_off keeps_away keeps_out helps_against wards_off works_against good_against",
    ),
    Family("resistance", "resist withstand tolerate survive", "immune", "shrugs_off stands_up_to"),
    Family("exposure", "vulnerable expose susceptible", "suffer prone attackable vulnerability"),
    Family(
        "requirement",
        "require need depend rely prerequisite",
        "dependency necessary",
        "runs_on hosted_on hosted_by powered_by built_on",
        chains=True,
    ),
    Family(
        "part",
        "part component contain consist include compose belong",
        "piece element step phase made ingredient content",
        chains=True,
    ),
    Family("trait", "feature property characteristic", "weakness drawback", "has"),
    Family("use", "use employ utilise utilize"),
    Family("storage", "store keep"),
    Family("provision", "provide offer guarantee ensure", "give bring get"),
    Family(
        "order", "before precede", "after order sequence first next then step", "comes_before", chains=True
    ),
    Family(
        "indication",
        "indicate signal suggest",
        "sign symptom point mean",
        "sign_of symptom_of hints_at evidence_of signals warns_of",
    ),
    Family("presentation", "symptom manifest"),
    Family("remedy", "answer", "respond response need", "calls_for"),
    Family("detection", "detect discover", "find found spot notice scan"),
    Family("naming", "call alias name", "abbreviation acronym known stand short", nominal=True),
    Family("suitability", "suitable fit appropriate recommend", "choose good use pick"),
    Family("definition", "define specify", "standard specification rfc", nominal=True),
    Family("identification", "identify", "number id identifier code", nominal=True),
    Family("place", "locate situate live reside", "where in"),
    Family(
        "harm",
        "harm damage hurt threaten endanger injure kill destroy",
        "bad danger threat die suffer get catch",
        "attacks hits hit infests infects",
    ),
    Family(
        "ownership", "own possess maintain", "owner responsible belong charge", "looks_after answers_for runs"
    ),
    Family("teaming", "manage head direct", "leader boss manager chief lead charge", "leads led_by"),
    Family("improvement", "improve boost strengthen speed", "help good"),
    Family(
        "membership", "member", "who person people team belong", "member_of works_for works_at belongs_to"
    ),
    Family("acquisition", "acquire buy purchase", "bought"),
    Family("birth", "born birth", "birthday birthplace"),
    Family("population", "population inhabitant resident", "live people"),
    Family("substitution", "substitute replace", "instead alternative swap"),
    Family("time", "date year deadline since", "when"),
    Family("deprecation", "deprecate obsolete", "outdated retire"),
)

_HOW_ONE_GETS = (
    r"how (?:do|does|did|can|could) (?:one|you|people|i|we|they) (?:get|catch|develop)"
    r"(?! (?:to|from|into|on|rid|out|off|over)\b)"
)
PHRASES = (
    (r"(?:would|could|can|do) (?:you|one|we) (?:call|say|consider|think|reckon|believe|agree)(?: that)?", ""),
    (
        r"get on my nerves|in the first place|at the moment|these days|so far|as well|at all|of course|the other day",
        "",
    ),
    (r"look(?:s|ed|ing)? after|take(?:s)? care of|responsible for|answer(?:s)? for", "own"),
    (r"in charge (?:of|at)", "charge"),
    (r"bring(?:s|ing)?\s(?:\w+\s){1,4}down", "reduce"),
    (_HOW_ONE_GETS, "cause"),
    (
        r"(?:get|gets|got|getting) rid of|sort(?:s|ed|ing)? out|deal(?:s|t|ing)? with|put right|make good",
        "fix",
    ),
    (
        r"ke(?:ep|eps|pt|eping)\s(?:\w+\s){0,3}(?:away|off|out)|ward(?:s|ed)? off|scare(?:s|d)? (?:away|off)",
        "repel",
    ),
    (r"ke(?:ep|eps|pt|eping)\s(?:\w+\s){1,5}from|make sure\s(?:\w+\s){1,6}never", "prevent"),
    (r"(?:come|comes|came|coming) from|due to|behind|stem(?:s|med)? from|down to|to blame for", "cause"),
    (r"(?:lead|leads|led) up to", "cause"),
    (
        r"do(?:ne)? (?:about|against)|good against|sprayed on|remedy for",
        "protect",
    ),
    (r"(?:get|gets|got) on with|good neighbours?|next to each other", "neighbour"),
    (r"(?:comes?|goes?|went|came|done) (?:right )?before|next step|what(?:'s| is| comes) next", "before"),
    (r"(?:comes?|goes?|went|came|done) (?:right )?after", "after"),
)
"""Ways to say with several words what one word asks for."""
