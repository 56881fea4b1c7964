"""Make a knowledge pack of the WordNet on this machine: facts as CSV, and rules to reason with.

    python pylib/tools/wordnet_pack.py [--dict DIR] OUT_DIR

writes OUT_DIR/wordnet.csv and OUT_DIR/wordnet.rules. Nothing is written unless all was read.

A term is a synset, named by its first word, its part of speech (n, v, a, s, r) and the number of the sense that the
synset is of that word: "whale.n.02", "baleen whale.n.01". Glosses, verb frames, domains and derivations are left
out, and so are the relations that are the inverse of one that is kept. The files are those of wndb(5WN).
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO, TypeAlias

DEBIAN_DICT = Path("/usr/share/wordnet")
PARTS_OF_SPEECH = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
"""By suffix of a file."""
TYPES = {"n": "n", "v": "v", "a": "a", "s": "a", "r": "r"}
"""Parts of speech by type of synset: satellite adjectives (s) are in the file of adjectives."""

PREDICATES = {
    "@": "is_a",
    "@i": "instance_of",
    "#p": "part_of",
    "#m": "member_of",
    "#s": "substance_of",
    "!": "opposite_of",
    ">": "causes",
    "*": "entails",
    "&": "similar_to",
    "=": "attribute_of",
}
"""By pointer symbol. WordNet writes every relation at both ends: of each pair of inverses one symbol is here."""
SOURCES = {"&": "s", "=": "a"}
"""Synset types that point, where the inverse has the same symbol: a satellite is similar to its head, and an
adjective is a value of the attribute that a noun names."""

RULES = """\
# What follows from wordnet.csv for a thing that is something, as (moby is "whale.n.02") or what is of a kind by the
# assumption of a question: "Is every X a Y?". From kinds alone nothing follows, so what is derived grows with the
# things that are told, and with the individuals that WordNet names.

# Kinds.
(?x instance_of ?c) => (?x is ?c)
(?x is ?c) & (?c is_a ?d) => (?x is ?d)
(?x is ?c) & (?c instance_of ?d) => (?x is ?d)

# A satellite adjective says more than its head.
(?x is ?c) & (?c similar_to ?d) => (?x is ?d) @0.9

# Opposite values of one attribute. Other opposites do not exclude each other: a parent is a child as well.
(?x is ?c) & (?c opposite_of ?d) & (?c attribute_of ?a) & (?d attribute_of ?a) => not (?x is ?d)

# Parts, members and substances. What is said of a kind is so of most of it.
(?x is ?c) & (?c part_of ?d) => (?x part_of ?d) @0.9
(?x is ?k) & (?x part_of ?c) & (?c part_of ?d) => (?x part_of ?d) @0.9
(?x is ?k) & (?x part_of ?c) & (?c is_a ?d) => (?x part_of ?d)
(?x is ?c) & (?c member_of ?d) => (?x member_of ?d) @0.9
(?x is ?c) & (?c substance_of ?d) => (?x substance_of ?d) @0.9

# Doings: who snores sleeps, and killing causes dying.
(?x is ?c) & (?c entails ?d) => (?x entails ?d)
(?x is ?k) & (?x entails ?c) & (?c is_a ?d) => (?x entails ?d)
(?x is ?c) & (?c causes ?d) => (?x causes ?d)
(?x is ?k) & (?x causes ?c) & (?c is_a ?d) => (?x causes ?d)
"""

Key: TypeAlias = "tuple[str, int]"
"""Part of speech and offset, which are a synset's identity in the files."""
Triple: TypeAlias = "tuple[str, str, str]"


class DictionaryError(ValueError):
    """A file is not as wndb(5WN) says; `path` and `line` (from 1, 0 for the whole file) say where."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}{f', line {line}' if line else ''}: {problem}")
        self.path, self.line = path, line


class Pointer(NamedTuple):
    """A relation of a synset to another one."""

    symbol: str
    target: Key


class Synset(NamedTuple):
    """One line of a data file; words have spaces, and no syntactic marker."""

    key: Key
    type: str
    words: tuple[str, ...]
    pointers: tuple[Pointer, ...]


class Dictionary(NamedTuple):
    """All of WordNet that a pack needs."""

    version: str
    notice: str
    """The licence, which stands at the head of every file."""
    synsets: dict[Key, Synset]
    names: dict[Key, str]


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines of a file that are not of its notice.

    Raises:
        DictionaryError: there is no such file, or it is not ASCII.
    """
    try:
        with path.open(encoding="ascii") as file:
            for number, line in enumerate(file, 1):
                if not line.startswith("  "):
                    yield number, line
    except FileNotFoundError:
        raise DictionaryError(path, 0, "no such file") from None
    except UnicodeDecodeError as error:
        raise DictionaryError(path, 0, f"expected ASCII, got {error.object[error.start]:#04x}") from None


def parse_synset(line: str) -> Synset:
    """Return the synset of a line of a data file.

    Raises:
        ValueError: it is malformed.
    """
    head, bar, _gloss = line.partition(" | ")
    if not bar:
        raise ValueError("expected a gloss after |")
    fields = iter(head.split(" "))
    try:
        offset, _lexicographer, type_, words = next(fields), next(fields), next(fields), []
        for _ in range(int(next(fields), 16)):
            words.append(re.sub(r"\((a|p|ip)\)$", "", next(fields)).replace("_", " "))
            int(next(fields), 16)
        pointers = []
        for _ in range(int(next(fields))):
            symbol, target, pos, _ends = next(fields), int(next(fields)), next(fields), int(next(fields), 16)
            pointers.append(Pointer(symbol, (pos, target)))
    except StopIteration:
        raise ValueError("expected more fields by the counts of words and pointers") from None
    if type_ != "v" and next(fields, ""):  # what follows a verb's pointers are its frames
        raise ValueError("expected | after the pointers, by their count")
    if type_ not in TYPES or not words or not all(words):
        raise ValueError(f"expected a type of synset and words, got {type_!r} and {words}")
    return Synset((TYPES[type_], int(offset)), type_, tuple(words), tuple(pointers))


def parse_index(line: str) -> tuple[str, list[int]]:
    """Return the lemma of a line of an index file, with the offsets of its senses: the first is that of sense 1.

    Raises:
        ValueError: it is malformed.
    """
    fields = line.split()
    if len(fields) < 4:
        raise ValueError("expected a lemma, a part of speech and two counts")
    senses, pointers = int(fields[2]), int(fields[3])
    if len(fields) != 6 + pointers + senses:
        raise ValueError(f"expected {6 + pointers + senses} fields by its counts, got {len(fields)}")
    return fields[0].replace("_", " "), [int(offset) for offset in fields[6 + pointers :]]


def read_dictionary(folder: Path, report: TextIO) -> Dictionary:
    """Read the data and index files of a folder.

    Args:
        folder: holds `data.noun`, `index.noun` and so on.
        report: gets a line for each part of speech.

    Raises:
        DictionaryError: a file is missing or malformed, two synsets have one name, or a pointer leads nowhere.
    """
    synsets: dict[Key, Synset] = {}
    names: dict[Key, str] = {}
    for part, pos in PARTS_OF_SPEECH.items():
        data = _read_synsets(folder / f"data.{part}", pos)
        names |= _names(data, _read_senses(folder / f"index.{part}"), folder / f"index.{part}")
        synsets |= data
        print(f"{part}: {len(data):,} synsets", file=report)
    _check(synsets, names, folder)
    version, notice = _read_notice(folder / "data.noun")
    return Dictionary(version, notice, synsets, names)


def _read_synsets(path: Path, pos: str) -> dict[Key, Synset]:
    found: dict[Key, Synset] = {}
    for number, line in lines(path):
        try:
            synset = parse_synset(line)
        except ValueError as error:
            raise DictionaryError(path, number, str(error)) from error
        if synset.key[0] != pos:
            raise DictionaryError(path, number, f"expected a synset of type {pos}, got {synset.type}")
        if synset.key in found:
            raise DictionaryError(path, number, f"the offset {synset.key[1]:08} is that of an earlier line")
        found[synset.key] = synset
    if not found:
        raise DictionaryError(path, 0, "expected synsets, got none")
    return found


def _read_senses(path: Path) -> dict[tuple[str, int], int]:
    """Return the number of the sense that the synset at an offset is of a lemma."""
    found: dict[tuple[str, int], int] = {}
    for number, line in lines(path):
        try:
            lemma, offsets = parse_index(line)
        except ValueError as error:
            raise DictionaryError(path, number, str(error)) from error
        found |= {(lemma, offset): sense for sense, offset in enumerate(offsets, 1)}
    return found


def _names(
    synsets: Mapping[Key, Synset], senses: Mapping[tuple[str, int], int], index: Path
) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for key, synset in synsets.items():
        lemma = synset.words[0].lower()
        sense = senses.get((lemma, key[1]))
        if sense is None:
            raise DictionaryError(index, 0, f"expected the offset {key[1]:08} among the senses of {lemma!r}")
        found[key] = f"{lemma}.{synset.type}.{sense:02}"
    return found


def _read_notice(path: Path) -> tuple[str, str]:
    """Return the version and the text of the licence from the numbered lines at the head of a file."""
    with path.open(encoding="ascii") as file:
        head = [line for line in file if line.startswith("  ")]
    notice = "".join(re.sub(r"^ +\d+ ?", "", line).rstrip() + "\n" for line in head)
    version = re.search(r"WordNet (\d+(?:\.\d+)*) Copyright", notice)
    if version is None:
        raise DictionaryError(path, 0, 'expected "WordNet <version> Copyright" in the notice at its head')
    return version[1], notice


def _check(synsets: Mapping[Key, Synset], names: Mapping[Key, str], folder: Path) -> None:
    """Refuse names that are the same and pointers that lead nowhere."""
    [(name, times)] = Counter(names.values()).most_common(1)
    if times > 1:
        raise DictionaryError(folder, 0, f"expected one synset of a name, got {times} named {name!r}")
    for key, synset in synsets.items():
        for symbol, target in synset.pointers:
            if target not in synsets:
                place = f"{target[0]} {target[1]:08}"
                raise DictionaryError(folder, 0, f"{symbol} of {names[key]!r} points to no synset: {place}")


def facts(dictionary: Dictionary) -> Iterator[Triple]:
    """Yield the facts of a dictionary, each once: what a synset is to others, and the words for it."""
    names = dictionary.names
    for synset in dictionary.synsets.values():
        name = names[synset.key]
        found: dict[Triple, Triple] = {}
        for symbol, target in synset.pointers:
            if symbol not in PREDICATES or synset.type not in SOURCES.get(symbol, synset.type):
                continue
            fact = (name, PREDICATES[symbol], names[target])
            found[fact] = fact
        for word in synset.words:  # "A" and "a" are one term, spelled as the first
            found.setdefault((name, "called", word.lower()), (name, "called", word))
        yield from found.values()


def write_pack(dictionary: Dictionary, folder: Path) -> Counter[str]:
    """Write both files, making the folder if need be, and return the number of facts by predicate."""
    triples = list(facts(dictionary))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "wordnet.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(f"# name: wordnet\r\n# version: {dictionary.version}\r\n")
        file.write("# licence: WordNet\r\n# source: https://wordnet.princeton.edu/\r\n#\r\n")
        # The licence asks that it appears on every copy and modification.
        file.writelines(f"# {line}".rstrip() + "\r\n" for line in dictionary.notice.splitlines())
        rows = csv.writer(file)
        rows.writerow(("subject", "predicate", "object"))
        rows.writerows(triples)
    (folder / "wordnet.rules").write_text(RULES, encoding="utf-8")
    return Counter(predicate for _, predicate, _ in triples)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pack; 1 if the dictionary cannot be read."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", metavar="OUT_DIR", type=Path)
    parser.add_argument("--dict", metavar="DIR", type=Path, default=DEBIAN_DICT, help="default: %(default)s")
    options = parser.parse_args(arguments)
    if not (options.dict / "data.noun").is_file():
        where = f"there is no WordNet in {options.dict}"
        print(f"{where}: apt-get install wordnet-base, or say --dict DIR", file=sys.stderr)
        return 1
    try:
        counts = write_pack(read_dictionary(options.dict, sys.stderr), options.out)
    except DictionaryError as error:
        print(f"nothing was written: {error}", file=sys.stderr)
        return 1
    for predicate, count in counts.most_common():
        print(f"{count:9,} {predicate}")
    print(f"{counts.total():9,} facts in {options.out / 'wordnet.csv'}", end="")
    print(f", {(options.out / 'wordnet.csv').stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
