"""WordNet as a pack: where it lies, and questions to which it answers yes."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
MADE = ROOT / "out" / "packs"
SMALL = ROOT / "tests" / "golden" / "wordnet-small"
TOOL = ROOT / "pylib" / "tools" / "wordnet_pack.py"
ABSENT = "not measured: WordNet is not there; ./build.sh wordnet makes it"
KINDS = """whale mammal, dog animal, rose plant, oak tree, hammer tool, violin instrument, salmon fish, eagle bird,
car vehicle, lion animal, spoon cutlery, lawyer professional, cottage house, cathedral church, piano instrument,
trout fish, owl bird, guitar instrument, bicycle vehicle, sonnet poem"""
SMALL_KINDS = "sloop boat, sloop watercraft"


class Pack(NamedTuple):
    """The files of a pack, and what is asked of it."""

    facts: Path
    rules: Path
    rows: int
    questions: list[str]


def pack(tiny: bool, folder: Path) -> Pack | None:
    """WordNet, or for a try the small dictionary of the tests, made in `folder`; None if there is none."""
    if tiny:
        spec = importlib.util.spec_from_file_location("wordnet_pack", TOOL)
        if spec is None or spec.loader is None:
            raise ImportError(f"{TOOL} cannot be loaded")
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            tool.main(["--dict", str(SMALL), str(folder)])
    source = folder if tiny else MADE
    if not (source / "wordnet.csv").is_file():
        return None
    kinds = [pair.split() for pair in (SMALL_KINDS if tiny else KINDS).split(",")]
    lines = (source / "wordnet.csv").read_text("utf-8").splitlines()
    return Pack(
        source / "wordnet.csv",
        source / "wordnet.rules",
        sum(not line.startswith("#") for line in lines) - 1,
        [f"Is {_a(kind)} {_a(whole)}?" for kind, whole in kinds],
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def wrong(found: Pack, rows: int, verdicts: list[str]) -> list[str]:
    """What differs from what must be."""
    told = [] if rows == found.rows else [f"{rows} of {found.rows} facts of WordNet imported"]
    asked = json.dumps([q for q, verdict in zip(found.questions, verdicts, strict=True) if verdict != "true"])
    return told if asked == "[]" else [*told, f"WordNet does not answer yes: {asked}"]
