"""The kernels in pure Python: the oracle in tests, and the last resort where no WebAssembly runs."""

from pramana.kernels.reference.text import ReferenceBm25, ReferenceTextModel
from pramana.kernels.reference.vector import ReferenceVectorIndex

__all__ = ["ReferenceBm25", "ReferenceTextModel", "ReferenceVectorIndex"]
