"""Tasks an agent might have had, as many as are wanted, no two with the same words."""

from __future__ import annotations

import random


def _words(text: str) -> list[str]:
    return text.split()


VERBS = _words(
    """
    add build change check deploy document find fix implement measure migrate port profile refactor remove
    """
)
THINGS = _words(
    """
    api backup bug cache client cluster config cursor dashboard database driver editor endpoint event
    exporter feed file filter form gateway graph handler importer index invoice job key kernel layout
    lexer limiter list lock log mailer map menu message metric migration model module monitor network page
    parser password path payment plugin policy pool proxy query queue renderer report request retry route
    rule scanner schema scheduler script search secret server service session shard shell signal snapshot
    socket stream syntax table template test thread timer token trace transaction tree upload user vector
    view volume watcher webhook widget window worker
    """
)
RELATIONS = _words(
    """
    after against around before behind beside beyond for from inside near over through under with without
    """
)


def distinct_tasks(count: int, seed: int = 1) -> list[str]:
    """Sentences of five to nine words."""
    chance = random.Random(seed)
    found: dict[frozenset[str], str] = {}
    while len(found) < count:
        what, where = chance.sample(THINGS, 3), chance.sample(THINGS, 3)
        words = list(dict.fromkeys([chance.choice(VERBS), *what, chance.choice(RELATIONS), *where]))
        found.setdefault(frozenset(words), " ".join(words))
    return list(found.values())


def permuted(task: str, chance: random.Random) -> str:
    """The same words in another order."""
    words = task.split()
    while (shuffled := " ".join(chance.sample(words, len(words)))) == task:
        pass
    return shuffled
