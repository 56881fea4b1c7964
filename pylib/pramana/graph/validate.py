"""What may be stated and asked of the graph: every value checked, every error naming its field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pramana.errors import InputError
from pramana.knowledge import IS, Declaration
from pramana.protocol import LIMITS
from pramana.text.checks import (
    MAX_MS,
    MAX_NAME,
    Place,
    details_of,
    fail,
    flag,
    integer,
    number,
    refuse,
    text,
)
from pramana.text.terms import key_of, predicate_of, spelled
from pramana.text.wording import instead, quoted, shown

MAX_SOURCE = 1_000
MAX_TEXT = LIMITS["max_text_chars"]
"""Characters of a text that is told, or that facts are proposed from."""
MAX_LISTED = 1_000_000
MAX_TIMEOUT_S = 3_600.0
FIELDS = (
    "subject",
    "predicate",
    "object",
    "negated",
    "confidence",
    "source",
    "valid_from_ms",
    "valid_to_ms",
)


class Statement(NamedTuple):
    """A fact to be recorded, spelled."""

    subject: str
    predicate: str
    object: str
    negated: bool = False
    confidence: float = 1.0
    source: str = ""
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None


class Pattern(NamedTuple):
    """What facts are looked for: spelled, None where anything goes.

    `place` is the class meant where only a predicate is given: "mortal" also finds (x, is, mortal).
    """

    subject: str | None
    predicate: str | None
    object: str | None
    place: str | None


def fields_of(given: Any, at: Place) -> dict[str, Any]:
    """Return the arguments of one fact of a list: those of `add` in an object, or (subject, predicate, object)."""
    accepted = "an object with subject, predicate and object, or a list of these three"
    if isinstance(given, Mapping):
        for name in given:
            if name not in FIELDS:
                message = f"{at}: unknown field {quoted(name)}; {instead(name, FIELDS, 'the fields are')}"
                field = name if isinstance(name, str) else shown(name)
                raise InputError(message, **details_of(field, f"one of {', '.join(FIELDS)}", at))
        for name in ("subject", "predicate"):
            if name not in given:
                fail(name, "is required", "a text", at)
        return dict(given)
    if isinstance(given, (list, tuple)):
        if len(given) in (2, 3):
            return dict(zip(FIELDS, given, strict=False))
        raise InputError(
            f"{at} must be {accepted}; got {len(given)} values", **details_of("fact", accepted, at)
        )
    raise InputError(f"{at} must be {accepted}; got {shown(given)}", **details_of("fact", accepted, at))


def statement_of(
    subject: Any, predicate: Any, object: Any = None, *, at: Place | None = None, **circumstances: Any
) -> Statement:
    """Return a fact to be recorded; without an object it is (subject, is, predicate).

    Raises:
        InputError: `details["field"]` names what is not acceptable, `details["index"]` its place in a list.
    """
    given = circumstances_of(**circumstances, at=at)
    about = spell(spelled, "subject", subject, at)
    if object is None:
        return Statement(about, IS, spell(spelled, "predicate", predicate, at), *given)
    relation = spell(predicate_of, "predicate", predicate, at)
    return Statement(about, relation, spell(spelled, "object", object, at), *given)


def circumstances_of(
    negated: Any = False,
    confidence: Any = 1.0,
    source: Any = "",
    valid_from_ms: Any = None,
    valid_to_ms: Any = None,
    at: Place | None = None,
) -> tuple[bool, float, str, int | None, int | None]:
    """Return what a fact says besides its triple, in the order of `Statement`."""
    starts, ends = _time("valid_from_ms", valid_from_ms, at), _time("valid_to_ms", valid_to_ms, at)
    if starts is not None and ends is not None and ends <= starts:
        refuse("valid_to_ms", f"after valid_from_ms ({starts})", ends, at)
    return (
        flag("negated", negated, at),
        check_confidence(confidence, at),
        check_source(source, at),
        starts,
        ends,
    )


def spell(how: Callable[[Any, str], str], field: str, value: Any, at: Place | None) -> str:
    """Return a term or predicate of a fact, spelled; the error names the place of the fact."""
    try:
        return how(value, field)
    except InputError as error:
        if at is None:
            raise
        raise InputError(f"{at}.{error.message}", **error.details, index=at.index) from None


def _time(field: str, value: Any, at: Place | None = None) -> int | None:
    return None if value is None else integer(field, value, -MAX_MS, MAX_MS, at)


def check_confidence(value: Any, at: Place | None = None) -> float:
    """Return a confidence: above 0, up to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        refuse("confidence", "a number above 0, up to 1", value, at)
    return float(value)


def check_source(value: Any, at: Place | None = None) -> str:
    """Return a source: any text, also none."""
    return text("source", value, max_chars=MAX_SOURCE, at=at)


def check_text(field: str, value: Any) -> str:
    """Return a text to read."""
    return text(field, value, max_chars=MAX_TEXT)


def check_name(name: Any) -> str:
    """Return the name of a rule; it may be empty."""
    return text("name", name, max_chars=MAX_NAME)


def check_pack_name(name: Any) -> str:
    """Return the name of a pack."""
    return text("name", name, max_chars=MAX_NAME, filled=True).strip()


def check_id(field: str, value: Any) -> str:
    """Return what may be an id."""
    return text(field, value, max_chars=MAX_NAME, filled=True)


def check_sign(negated: Any) -> bool | None:
    """Return which of facts and negated facts are meant, None for both."""
    if negated is not None and not isinstance(negated, bool):
        refuse("negated", "true, false or nothing", negated)
    return negated


def check_direction(value: Any) -> str:
    """Return a direction to walk in."""
    return check_choice("direction", value, ("out", "in", "both"))


def check_choice(field: str, value: Any, known: Sequence[str]) -> str:
    """Return one of a few words."""
    if not isinstance(value, str) or value not in known:
        refuse(field, " or ".join(f'"{one}"' for one in known), value)
    return value


def check_moment(as_of_ms: Any, known_at_ms: Any) -> tuple[int | None, int | None]:
    """Return the times a reader asks for."""
    return _time("as_of_ms", as_of_ms), _time("known_at_ms", known_at_ms)


def check_predicates(value: Any) -> list[str] | None:
    """Return predicates to go by, None for all; one alone may be given as a text."""
    if value is None:
        return None
    if isinstance(value, str):
        return [predicate_of(value, "predicates")]
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        refuse("predicates", "a list of predicates, or nothing for all", value)
    return [predicate_of(one, "predicates") for one in value]


def check_cursor(cursor: Any) -> tuple[str, int]:
    """Return the place that a cursor of `facts` names."""
    record, colon, place = cursor.partition(":") if isinstance(cursor, str) else ("", "", "")
    if not (record and colon and place.isascii() and place.isdigit() and len(place) <= 10):
        refuse("cursor", "the cursor of a page that facts() returned", cursor)
    return record, int(place)


def pattern_of(subject: Any, predicate: Any, object: Any) -> Pattern:
    """Return a pattern of which any part may be None."""
    return Pattern(
        None if subject is None else spelled(subject, "subject"),
        None if predicate is None else predicate_of(predicate, "predicate"),
        None if object is None else spelled(object, "object"),
        spelled(predicate, "predicate") if predicate is not None and object is None else None,
    )


def check_limit(limit: Any, field: str = "limit") -> int:
    """Return how many to list, or visit, at most."""
    return integer(field, limit, 1, MAX_LISTED)


def check_count(field: str, value: Any, most: int = MAX_MS) -> int:
    """Return a whole number from 1 to `most`."""
    return integer(field, value, 1, most)


def check_share(field: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    return number(field, value, 0, 1)


def check_between(field: str, value: Any) -> float:
    """Return a number between 0 and 1, and neither."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        refuse(field, "a number between 0 and 1", value)
    return value


def check_timeout(value: Any) -> float:
    """Return how long something may take, in seconds."""
    return number("timeout_s", value, 0, MAX_TIMEOUT_S)


def check_any(**given: Any) -> None:
    """Refuse a pattern that would mean everything."""
    if all(value is None for value in given.values()):
        names = ", ".join(given)
        raise InputError(f"at least one of {names} is needed", field="subject", accepted=f"one of {names}")


def check_seeds(seeds: Any) -> list[str]:
    """Return one term, or several."""
    if isinstance(seeds, (str, int, float)):
        return [spelled(seeds, "seeds")]
    if isinstance(seeds, (bytes, Mapping)) or not isinstance(seeds, Iterable):
        refuse("seeds", "a term, or a list of terms", seeds)
    found = [spelled(one, "seeds") for one in seeds]
    if not found:
        refuse("seeds", "at least one term", seeds)
    return found


def declarations_of(predicate: Any, functional: Any, disjoint_with: Any) -> list[Declaration]:
    """Return what `declare` and `undeclare` are about."""
    name = spelled(predicate, "predicate")
    found = []
    if flag("functional", functional):
        found.append(Declaration("functional", predicate_of(name)))
    if disjoint_with is not None:
        if isinstance(disjoint_with, (bytes, Mapping)) or not isinstance(disjoint_with, Iterable):
            refuse("disjoint_with", "a name, or a list of names", disjoint_with)
        for given in [disjoint_with] if isinstance(disjoint_with, str) else disjoint_with:
            other = spelled(given, "disjoint_with")
            if key_of(predicate_of(other)) == key_of(predicate_of(name)):
                refuse("disjoint_with", "another name than the predicate's", given)
            # Which of the two is named first makes no difference.
            found.append(Declaration("disjoint", *sorted((name, other), key=key_of)))
    if not found:
        message = "at least one of functional and disjoint_with is needed"
        raise InputError(message, field="functional", accepted="true, or disjoint_with")
    return found
