"""Write rust-kernels/text/src/unicode_tables.rs from this Python's `unicodedata`.

    python pylib/tools/gen_unicode.py            writes the tables
    python pylib/tools/gen_unicode.py --check    writes nothing; fails if the file on disk differs

The tables hold what the text kernel asks of a character: its class, and its *fold*, which is the canonical
decomposition without nonspacing marks (Mn), each character lower-cased by itself. They name the Unicode version
they were made from; only a Python with that version can check them.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "rust-kernels/text/src/unicode_tables.rs"
LINE_WIDTH = 110

OTHER, MARK, PUNCTUATION, CONTROL, WORD, SPACE = range(6)
"""The classes, as `unicode.rs` numbers them."""

HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
"""Decomposed by arithmetic in the kernel."""
SURROGATES = range(0xD800, 0xE000)
CODE_POINTS = [point for point in range(0x110000) if point not in SURROGATES]

POINT_BITS = 21
MAX_RUN = (1 << 10) - 1
LONGEST_FOLD = 3


def character_class(point: int) -> int:
    """Return the class of a code point, after BERT's BasicTokenizer and, for WORD, general categories L, N, Mc."""
    character = chr(point)
    category = unicodedata.category(character)
    if character in "\t\n\r" or category[0] == "Z":
        return SPACE
    if category == "Mn":
        return MARK
    # BERT takes every printable ASCII character that is not a letter or digit for punctuation, "$" and "~" too.
    if category[0] == "P" or (0x21 <= point <= 0x7E and not character.isalnum()):
        return PUNCTUATION
    # Unassigned characters (Cn) are kept, as the published tokenizer keeps them.
    if category in ("Cc", "Cf", "Co"):
        return CONTROL
    if category[0] in "LN" or category == "Mc":
        return WORD
    return OTHER


def fold(point: int) -> str:
    """Return the canonical decomposition without Mn, lower-cased character by character."""
    decomposed = unicodedata.normalize("NFD", chr(point))
    return "".join(part.lower() for part in decomposed if unicodedata.category(part) != "Mn")


def class_starts() -> list[int]:
    """Return `first code point << 3 | class` of every run of one class, ascending from code point 0."""
    starts: list[int] = []
    previous = -1
    for point in CODE_POINTS:
        here = character_class(point)
        if here != previous:
            starts.append(point << 3 | here)
            previous = here
    return starts


def folds() -> tuple[dict[int, int], dict[int, str]]:
    """Return the characters that fold to one other character, and those that fold to several.

    ASCII and Hangul syllables, which the kernel folds by arithmetic, and Mn, which folds to nothing, are left out.
    """
    one: dict[int, int] = {}
    several: dict[int, str] = {}
    for point in CODE_POINTS:
        folded = fold(point)
        if unicodedata.category(chr(point)) == "Mn":
            assert folded == "", f"U+{point:04X} is Mn and does not fold to nothing"
        elif point >= 0x80 and point not in HANGUL_SYLLABLES and folded != chr(point):
            assert 1 <= len(folded) <= LONGEST_FOLD, f"U+{point:04X} folds to {len(folded)} characters"
            if len(folded) == 1:
                one[point] = ord(folded)
            else:
                several[point] = folded
    return one, several


def fold_runs(one: dict[int, int], several: dict[int, str]) -> tuple[list[int], list[int]]:
    """Return runs of equally shifted characters: `stride - 1 << 31 | length << 21 | first`, and first targets.

    With stride 2 the characters between are folded by no table: upper and lower case alternate in many scripts.
    """

    def length(first: int, stride: int) -> int:
        count = 1
        while count < MAX_RUN:
            point = first + stride * count
            between = point - 1
            if one.get(point, -1) - point != one[first] - first:
                break
            if stride == 2 and (between in one or between in several):
                break
            count += 1
        return count

    runs: list[int] = []
    targets: list[int] = []
    covered = -1
    for first in sorted(one):
        if first <= covered:
            continue
        stride = 2 if length(first, 2) > length(first, 1) else 1
        count = length(first, stride)
        runs.append(stride - 1 << 31 | count << POINT_BITS | first)
        targets.append(one[first])
        covered = first + stride * (count - 1)
    return runs, targets


def leb128(numbers: Iterable[int]) -> bytes:
    """Return unsigned numbers as LEB128: seven bits a byte, the lowest first, the top bit where more follow."""
    encoded = bytearray()
    for number in numbers:
        while number > 0x7F:
            encoded.append(number & 0x7F | 0x80)
            number >>= 7
        encoded.append(number)
    return bytes(encoded)


def gaps(values: list[int]) -> list[int]:
    """Return each value's difference to the one before, the first's to 0."""
    return [value - before for before, value in zip([0, *values], values, strict=False)]


def zigzag(number: int) -> int:
    """Return a signed number as an unsigned one: 0, -1, 1, -2 are 0, 1, 2, 3."""
    return 2 * number if number >= 0 else -2 * number - 1


def _rows(values: list[str]) -> Iterator[str]:
    row = "   "
    for value in values:
        if len(row) + len(value) + 2 > LINE_WIDTH:
            yield row
            row = "   "
        row += f" {value},"
    yield row


def _array(name: str, kind: str, about: str, values: list[str]) -> list[str]:
    head = [f"/// {about}", "#[rustfmt::skip]", f"pub static {name}: [{kind}; {len(values)}] = ["]
    return ["", *head, *_rows(values), "];"]


def _bytes(name: str, about: str, numbers: list[int]) -> list[str]:
    return _array(name, "u8", f"{about} LEB128.", [f"{byte:#x}" for byte in leb128(numbers)])


def rust() -> str:
    """Return the text of unicode_tables.rs."""
    one, several = folds()
    starts = class_starts()
    firsts = gaps([start >> 3 for start in starts])
    runs, targets = fold_runs(one, several)
    folded = gaps([run & (1 << POINT_BITS) - 1 for run in runs])
    lengths = [(run >> POINT_BITS & MAX_RUN) << 1 | run >> 31 for run in runs]
    many = [
        f"({point:#x}, [{', '.join(f'{ord(part):#x}' for part in folded.ljust(LONGEST_FOLD, chr(0)))}])"
        for point, folded in sorted(several.items())
    ]
    lines = [
        "//! What the kernel knows about characters. Generated by pylib/tools/gen_unicode.py: change it there.",
        "",
        "/// The version of the Unicode Character Database behind the tables.",
        f'pub const UNICODE_VERSION: &str = "{unicodedata.unidata_version}";',
        "",
        "/// Runs of characters of one class.",
        f"pub const CLASS_RUNS: usize = {len(starts)};",
        "",
        "/// Runs of characters folded by one shift.",
        f"pub const FOLD_RUNS: usize = {len(runs)};",
        *_bytes("CLASS_GAPS", "Per class run: its first character less that of the one before.", firsts),
        *_bytes("CLASSES", "Per class run: the class.", [start & 7 for start in starts]),
        *_bytes("FOLD_GAPS", "Per fold run: its first character less that of the one before.", folded),
        *_bytes("FOLD_LENGTHS", "Per fold run: `length << 1 | stride - 1`.", lengths),
        *_bytes(
            "FOLD_SHIFTS",
            "Per fold run: what its first character folds to less that of the one before, signed: 0, -1, 1, -2 ...",
            [zigzag(gap) for gap in gaps(targets)],
        ),
        *_array(
            "FOLD_MANY",
            f"(u32, [u32; {LONGEST_FOLD}])",
            "Characters that fold to several, ascending; 0 fills up.",
            many,
        ),
    ]
    return "\n".join(lines) + "\n"


def stored_version(text: str) -> str | None:
    """Return the Unicode version that a generated file names."""
    found = re.search(r'UNICODE_VERSION: &str = "([^"]+)"', text)
    return found[1] if found else None


def main() -> int:
    """Write the file, or check it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file differs")
    check = parser.parse_args().check
    held = TABLES.read_text(encoding="utf-8") if TABLES.exists() else ""
    if check and stored_version(held) not in (None, unicodedata.unidata_version):
        print(
            f"gen_unicode.py: not checked: the tables are of Unicode {stored_version(held)}, "
            f"this Python has {unicodedata.unidata_version}"
        )
        return 0
    text = rust()
    if text == held:
        return 0
    if check:
        print(f"{TABLES.relative_to(ROOT)} is stale: run python pylib/tools/gen_unicode.py", file=sys.stderr)
        return 1
    TABLES.write_text(text, encoding="utf-8")
    print(f"wrote {TABLES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
