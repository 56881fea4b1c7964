"""Measure against the labelled sets beside this file, and print the figures as JSON.

python -m tests.golden.reason.scores kinds [--half dev|held] [--set first|more]
python -m tests.golden.reason.scores mentions [--half dev|held] [--pack web-security|garden|shop]
python -m tests.golden.reason.scores answers [--half dev|held] [--pack web-security|garden|shop]

The half is dev and the pack is web-security, unless another is asked for.

Only counts leave this program: what is measured is never shown, so a held half can be scored without being read.
A further set is a function that takes the parsed arguments and returns figures, and a line in `main`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pramana
from pramana.answers import Entity
from pramana.embed.static import StaticEmbedder
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.interfaces import TextModelLike
from pramana.kernels.load import load_kernels
from pramana.platform import current
from pramana.reason.kinds import KINDS, classify
from pramana.reason.linking import Linker
from tests.golden.reason.answering import PACKS, answer_figures, ask_all, files_of, open_sample

FOLDER = Path(__file__).parent


def commit_of(path: Path) -> str | None:
    """The commit that last changed a file; None where git does not know it."""
    command = ["git", "log", "-1", "--format=%h", "--", path.name]
    run = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=True)
    return run.stdout.strip() or None


def labelled(name: str, half: str, pack: str) -> tuple[Path, list[dict[str, Any]]]:
    """The file that holds a set's rows over a pack, and these rows."""
    if pack == PACKS[0]:
        path = FOLDER / f"{name}.{half}.jsonl"
        return path, rows_of(path)
    path = FOLDER / f"{name}.more.{half}.jsonl"
    return path, [row for row in rows_of(path) if row["pack"] == pack]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def kind_figures(rows: list[dict[str, Any]], said: list[str]) -> dict[str, Any]:
    """Compare what was said with the labels.

    Args:
        rows: `kind` is the label, `also` the other kinds that count in the lenient accuracy.
        said: one kind for each row.

    Returns:
        n; accuracies in [0, 1]; `macro`, the strict accuracy averaged over the kinds that occur; `confusion`,
        counts as label → what was said → how often.
    """
    pairs = Counter((row["kind"], kind) for row, kind in zip(rows, said, strict=True))
    lenient = sum(kind in (row["kind"], *row["also"]) for row, kind in zip(rows, said, strict=True))
    confusion = {
        label: {kind: pairs[label, kind] for kind in KINDS if pairs[label, kind]}
        for label in KINDS
        if any(pairs[label, kind] for kind in KINDS)
    }
    shares = [counts.get(label, 0) / sum(counts.values()) for label, counts in confusion.items()]
    return {
        "n": len(rows),
        "strict": sum(pairs[kind, kind] for kind in KINDS) / len(rows),
        "lenient": lenient / len(rows),
        "macro": sum(shares) / len(shares),
        "confusion": confusion,
    }


def kinds(arguments: argparse.Namespace) -> dict[str, Any]:
    """Figures of the classifier of question kinds on one half."""
    path = FOLDER / f"kinds.{'more.' if arguments.of == 'more' else ''}{arguments.half}.jsonl"
    rows = rows_of(path)
    figures = kind_figures(rows, [classify(row["text"])[0].kind for row in rows])
    return {"half": arguments.half, "of": arguments.of, "commit": commit_of(path), **figures}


def answers(arguments: argparse.Namespace) -> dict[str, Any]:
    """Figures of the answers to the questions and unknowns of one half, over a pack and its memories."""
    half, pack = arguments.half, arguments.pack
    (asked, questions), (left, unknowns) = (labelled(name, half, pack) for name in ("questions", "unknown"))

    async def measure() -> dict[str, Any]:
        async with open_sample(pack) as sample:
            given, refused = await ask_all(sample, questions), await ask_all(sample, unknowns)
            return answer_figures(sample, questions, given, unknowns, refused)

    commits = [commit_of(path) for path in (asked, left)]
    return {"half": half, "pack": pack, "commit": commits, **asyncio.run(measure())}


def mention_figures(rows: list[dict[str, Any]], found: list[list[Entity]]) -> dict[str, Any]:
    """Compare the mentions that were found with the labels.

    One is right if characters and term are the label's, without regard to case; of a label "meaning" the spans need
    only overlap.

    Args:
        rows: `mentions` are the labels.
        found: for each row.

    Returns:
        n rows; precision, recall and f1, over all and by `how`: recall of the labels of that kind, precision of what
        was found in that way; and the counts.
    """
    labelled: Counter[str] = Counter()
    recalled: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row, entities in zip(rows, found, strict=True):
        matches = [[is_right(label, entity) for entity in entities] for label in row["mentions"]]
        for label, match in zip(row["mentions"], matches, strict=True):
            labelled[label["how"]] += 1
            recalled[label["how"]] += any(match)
        for at, entity in enumerate(entities):
            how = "typo" if entity.how == "fuzzy" else entity.how
            said[how] += 1
            right[how] += any(match[at] for match in matches)
    kinds = sorted(labelled | said)
    by_how = {how: shares(right[how], said[how], recalled[how], labelled[how]) for how in kinds}
    return {
        "n": len(rows),
        **shares(right.total(), said.total(), recalled.total(), labelled.total()),
        "by_how": by_how,
    }


def is_right(label: dict[str, Any], entity: Entity) -> bool:
    """Whether a mention is the labelled one."""
    if label["term"].casefold() != entity.term.casefold():
        return False
    if label["how"] == "meaning":
        return entity.start < int(label["end"]) and int(label["start"]) < entity.end
    return (entity.start, entity.end) == (label["start"], label["end"])


def shares(right: int, said: int, recalled: int, labelled: int) -> dict[str, float]:
    """Precision, recall, their harmonic mean, and what they are shares of; of nothing they are 1."""
    precision = right / said if said else 1.0
    recall = recalled / labelled if labelled else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "right": right,
        "found": said,
        "recalled": recalled,
        "labelled": labelled,
    }


async def linked(texts: list[str], pack: str = PACKS[0]) -> list[list[Entity]]:
    """The mentions of texts over a pack, with the embedder in the box and its vocabulary."""
    platform = current()
    kernels = await load_kernels(platform, platform)
    about = json.loads(await platform.asset("embedder.json"))
    model = kernels.text_model(await platform.asset(about["file"]))

    async def load() -> TextModelLike:
        return model

    async def known_words(words: Sequence[str]) -> list[bool]:
        return [len(model.tokenize(word)) == 1 for word in words]

    embedder = StaticEmbedder(about["id"], about["dim"], load)
    async with await pramana.open(":memory:") as memory:
        assert isinstance(memory.graph, KnowledgeGraph)
        facts, _ = files_of(pack)
        rules = facts.with_suffix(".rules").read_text("utf-8")
        await memory.graph.add_pack(facts.read_text("utf-8"), rules=rules)
        linker = Linker(memory.graph, embedder, new_index=kernels.vector_index, known_words=known_words)
        return [await linker.link(text) for text in texts]


def mentions(arguments: argparse.Namespace) -> dict[str, Any]:
    """Figures of the linker on one half."""
    path, rows = labelled("mentions", arguments.half, arguments.pack)
    figures = mention_figures(rows, asyncio.run(linked([row["text"] for row in rows], arguments.pack)))
    return {"half": arguments.half, "pack": arguments.pack, "commit": commit_of(path), **figures}


def main() -> None:
    """Run one subcommand and print its figures."""
    parser = argparse.ArgumentParser(prog="scores", description=__doc__.partition("\n")[0])
    sets = parser.add_subparsers(dest="set", required=True)
    for name, measure, about in (
        ("kinds", kinds, "the classifier of question kinds"),
        ("answers", answers, "the answers of the reasoner"),
        ("mentions", mentions, "the linker"),
    ):
        one = sets.add_parser(name, help=about)
        one.add_argument("--half", choices=("dev", "held"), default="dev")
        if measure is kinds:
            one.add_argument("--set", choices=("first", "more"), default="first", dest="of")
        else:
            one.add_argument("--pack", choices=PACKS, default=PACKS[0])
        one.set_defaults(measure=measure)
    arguments = parser.parse_args()
    print(json.dumps({"set": arguments.set, **arguments.measure(arguments)}, indent=2))


if __name__ == "__main__":
    main()
