"""The builders of the contract suite, `record_store`, serve these tests too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "contract"))
pytest.register_assert_rewrite("record_store")
