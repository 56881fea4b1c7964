"""Typed wrappers over the kernels' ABI, and their pure-Python references."""

from pramana.kernels.interfaces import Bm25Like, Matches, TextModelLike, VectorIndexLike
from pramana.kernels.load import Kernels, load_kernels
from pramana.kernels.text import Bm25Index, TextModel
from pramana.kernels.vector import VectorIndex

__all__ = [
    "Bm25Index",
    "Bm25Like",
    "Kernels",
    "Matches",
    "TextModel",
    "TextModelLike",
    "VectorIndex",
    "VectorIndexLike",
    "load_kernels",
]
