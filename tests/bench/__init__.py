"""The benchmarks. NumPy gets one thread, as every kernel has; it must be told before it is imported."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
