"""Characters that this Python and the text kernel's tables know alike, though their Unicode versions may differ."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

from hypothesis import strategies as st

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "rust-kernels/text/src/unicode_tables.rs"


def stable_characters() -> str:
    """Characters that every Unicode version since 3.2 has, alike, so that any Python agrees with the tables."""
    old = unicodedata.ucd_3_2_0
    return "".join(
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(c) not in ("Cn", "Cs") and old.category(c) == unicodedata.category(c)
    )


def tables_version() -> str:
    """The Unicode version of the kernel's tables."""
    declared = re.search(r'UNICODE_VERSION: &str = "([^"]+)"', TABLES.read_text("utf-8"))
    assert declared is not None
    return declared[1]


STABLE = stable_characters()

# The reference asks Python what a character is. Where Python's Unicode is newer, the two know it differently if it was
# assigned in between.
known_alike = (
    st.characters(exclude_categories=["Cs"])
    if unicodedata.unidata_version == tables_version()
    else st.sampled_from(STABLE)
)
