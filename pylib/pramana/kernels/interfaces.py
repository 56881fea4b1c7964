"""What the kernel-backed classes and their pure-Python references have in common, and what loading them takes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from pramana.ports import Buffer, WasmModule

__all__ = [
    "Allow",
    "Assets",
    "Bm25Like",
    "Derivation",
    "Described",
    "GraphLike",
    "GraphPath",
    "Matches",
    "Neighborhood",
    "Ordinals",
    "PushRank",
    "RulesLike",
    "TextModelLike",
    "VectorIndexLike",
    "Vectors",
    "WasmHost",
]

Vectors: TypeAlias = Any
"""float32 in a flat or row-major buffer (array("f"), NumPy, memoryview, bytes) without a copy, or anything
that can be converted: other dtypes, lists, lists of lists."""

Ordinals: TypeAlias = Any
"""array("I") or another u32 buffer without a copy, or any iterable of integers from 0 to 2**32 - 1."""

Allow: TypeAlias = Buffer | None
"""A bitmap of the ordinals that may be found: `bitmap[o >> 3] >> (o & 7) & 1`; None allows all."""


class Matches(NamedTuple):
    """Rows found, best first: scores descend (higher is better), ties by ascending ordinal."""

    ordinals: array[int]
    """array("I")"""
    scores: array[float]
    """array("f"), as long as `ordinals`"""


class VectorIndexLike(Protocol):
    """Vectors by ordinal, searched exactly or by a quantised scan."""

    dim: int
    metric: str
    storage: str

    def __len__(self) -> int: ...
    def reserve(self, rows: int) -> None:
        """Make room, so that adding up to `rows` more cannot run out of memory."""
        ...

    def add(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Add rows under ordinals not in use."""
        ...

    def update(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Replace the rows of ordinals in use."""
        ...

    def remove(self, ordinals: Ordinals) -> None:
        """Remove rows; their ordinals are free again."""
        ...

    def quantize(self, rows: Vectors) -> bytes:
        """Return packed rows of `dim + 4` bytes each: int8 components, then the f32 scale."""
        ...

    def add_packed(self, ordinals: Ordinals, packed: Buffer) -> None:
        """Add what `quantize` returned (storage "i8" only)."""
        ...

    def get(self, ordinals: Ordinals) -> bytes:
        """Return the rows: packed for storage "i8", float32 for the others."""
        ...

    def search(self, query: Vectors, k: int, *, rescore: int = 0, allow: Allow = None) -> Matches:
        """Return the best `min(k, rows allowed)`; `rescore` 0 means max(40, 4k)."""
        ...

    def search_batch(
        self, queries: Vectors, k: int, *, rescore: int = 0, allow: Allow = None
    ) -> list[Matches]:
        """Return one result per query."""
        ...

    def score(self, query: Vectors, ordinals: Ordinals) -> array[float]:
        """Return the exact score of each row."""
        ...

    def pairwise(self, ordinals: Ordinals) -> array[float]:
        """Return the exact scores of rows against rows, n·n floats, row-major."""
        ...

    def save(self) -> bytes:
        """Return the index as bytes that `load` takes."""
        ...

    def hnsw_create(self, *, m: int = ..., ef_construction: int = ..., seed: int = ...) -> None:
        """Make a graph in which every row is loose: scored by each search until it is linked."""
        ...

    def hnsw_drop(self) -> None:
        """Forget the graph, if there is one."""
        ...

    def hnsw_insert(self, count: int) -> int:
        """Link up to `count` loose rows; return how many are loose then."""
        ...

    def hnsw_loose(self) -> array[int]:
        """Return the ordinals of the loose rows."""
        ...

    def hnsw_search(self, query: Vectors, k: int, *, ef: int = 0, allow: Allow = None) -> Matches:
        """Return the best rows found by a walk of width `ef`; 0 means max(64, 2k)."""
        ...

    def hnsw_save(self) -> bytes:
        """Return the graph as bytes that `hnsw_load` of these rows takes."""
        ...

    def hnsw_load(self, data: Buffer) -> int:
        """Take a saved graph; return how many rows are loose."""
        ...

    def close(self) -> None:
        """Free the index. Closing twice is allowed."""
        ...


class TextModelLike(Protocol):
    """A tokenizer with a vector per token."""

    dim: int
    vocabulary: int

    def tokenize(self, text: str) -> array[int]:
        """Return token ids; what the vocabulary lacks is left out."""
        ...

    def embed(self, texts: Sequence[str]) -> array[float]:
        """Return `len(texts) · dim` floats: unit vectors, or zeros for a text without known tokens."""
        ...

    def close(self) -> None:
        """Free the model. Closing twice is allowed."""
        ...


class Bm25Like(Protocol):
    """Texts by ordinal, in weighted fields, ranked by BM25F."""

    def __len__(self) -> int: ...
    def add(self, ordinals: Ordinals, documents: Sequence[Sequence[str]]) -> None:
        """Add documents, one text per field, under ordinals not in use."""
        ...

    def remove(self, ordinals: Ordinals) -> None:
        """Remove documents; their ordinals are free again."""
        ...

    def search(self, query: str, k: int, *, allow: Allow = None) -> Matches:
        """Return the best `k` of the documents with a positive score."""
        ...

    def score(self, query: str, ordinals: Ordinals) -> array[float]:
        """Return each document's score, 0 without a term of the query."""
        ...

    def terms(self, text: str) -> list[str]:
        """Return the terms that a text is indexed under."""
        ...

    def save(self) -> bytes:
        """Return the index as bytes that `load` takes."""
        ...

    def close(self) -> None:
        """Free the index. Closing twice is allowed."""
        ...


class Neighborhood(NamedTuple):
    """Nodes reached by breadth-first search in the order reached, the seeds first."""

    nodes: array[int]
    """array("I")"""
    depths: array[int]
    """array("I"): hops from the nearest seed"""
    parents: array[int]
    """array("I"): the node it was first reached from; a seed is its own"""
    predicates: array[int]
    """array("I"): of the edge over which it was first reached; 0 for a seed"""
    forward: bytes
    """1 where that edge goes from the parent to the node"""
    truncated: bool
    """Whether the node budget cut the search short"""


class GraphPath(NamedTuple):
    """A simple path. `cost` is its length in hops, or the sum of −ln(weight) where weighted."""

    cost: float
    nodes: array[int]
    """array("I"), one more than edges"""
    predicates: array[int]
    """array("I")"""
    forward: bytes
    """1 where an edge is walked from its source to its target"""


class PushRank(NamedTuple):
    """Personalized PageRank by forward push: nodes with a score above 0, best first, ties by ascending node."""

    nodes: array[int]
    """array("I")"""
    scores: array[float]
    """array("d")"""
    residual: float
    """Sum of what was not pushed: no score is below the true one by more, and none is above it"""


class GraphLike(Protocol):
    """Typed weighted directed edges (source, predicate, target) between u32 nodes; each triple once.

    `predicates` in the searches: only edges of these; None for all. Weights are in (0, 1]. A `direction` is "out",
    "in" or "both". `max_nodes` bounds the nodes visited, 0 for no bound.
    """

    def __len__(self) -> int:
        """Edges."""
        ...

    @property
    def node_bound(self) -> int:
        """1 + the greatest node of an edge ever added."""
        ...

    def add(self, edges: Ordinals, weights: Vectors) -> int:
        """Add edges (source, predicate, target, flat), or set the weight of those there; return how many are new."""
        ...

    def remove(self, edges: Ordinals) -> None:
        """Remove edges; InputError, and nothing removed, if one is not there."""
        ...

    def compact(self) -> None:
        """Close the gaps that changes have left. Changes do so themselves when it pays."""
        ...

    def khop(
        self,
        seeds: Ordinals,
        *,
        depth: int,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> Neighborhood:
        """Return what lies within `depth` hops of the seeds (0: the seeds alone)."""
        ...

    def path(
        self,
        source: int,
        target: int,
        *,
        weighted: bool = True,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> GraphPath | None:
        """Return the cheapest path, or None; BudgetError if `max_nodes` were visited before one was certain."""
        ...

    def paths(
        self,
        source: int,
        target: int,
        k: int,
        *,
        weighted: bool = True,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> list[GraphPath]:
        """Return the `k` cheapest simple paths, cheapest first, no two over the same edges (Yen, 1971)."""
        ...

    def path_search(
        self,
        source: int,
        target: int,
        k: int,
        *,
        weighted: bool = True,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> Iterator[GraphPath | None]:
        """Look for `paths` piece by piece: None after each piece of work, then the paths.

        The graph must not change meanwhile.
        """
        ...

    def components(self, *, predicates: Ordinals | None = None) -> tuple[int, array[int]]:
        """Return the number of weakly connected components and, per node below `node_bound`, its component.

        Components are numbered by their least node; a node without edges is one of its own.
        """
        ...

    def pagerank(
        self,
        *,
        damping: float = 0.85,
        tolerance: float = 1e-9,
        max_iterations: int = 200,
        weighted: bool = True,
        predicates: Ordinals | None = None,
    ) -> array[float]:
        """Return each node's PageRank, array("d") that sums to 1, by power iteration; dangling nodes jump anywhere.

        BudgetError where `max_iterations` are not enough.
        """
        ...

    def personalized_pagerank(
        self,
        seeds: Ordinals,
        *,
        alpha: float = 0.15,
        epsilon: float = 1e-6,
        weighted: bool = True,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_pushes: int = 0,
    ) -> PushRank:
        """Return the PageRank of walks that restart at the seeds, evenly, with probability `alpha`, by forward push.

        A node is pushed while its residual is at least `epsilon` times its out-degree (Andersen, Chung and Lang,
        FOCS 2006); a dangling node's walk restarts. BudgetError after `max_pushes`.
        """
        ...

    def save(self) -> bytes:
        """Return the graph as bytes that `load` takes."""
        ...

    def close(self) -> None:
        """Free the graph. Closing twice is allowed."""
        ...


class Described(NamedTuple):
    """What a fact base knows of some triples, all arrays as long as they are many."""

    triples: array[int]
    """array("I"), three each: subject, predicate, object"""
    asserted: array[float]
    """array("d"): the confidence it was asserted with; 0 where it was not, or is no longer"""
    confidence: array[float]
    """array("d"): that of its best proof; 0 where it does not hold"""


class Derivation(NamedTuple):
    """One application of a rule."""

    rule: int
    bindings: array[int]
    """array("I"): the term of each variable of the rule, in the program's order"""
    premises: array[int]
    """array("I"): the numbers of the triples of the body, in order"""
    confidence: float
    """The rule's weight times the product over the premises"""


class Derivations(list[Derivation]):
    """Applications of rules that yield a triple, best first."""

    __slots__ = ("complete",)
    complete: bool
    """Whether all there are were looked at; else better ones may be missing"""

    def __init__(self, found: Iterable[Derivation] = (), *, complete: bool = True) -> None:
        super().__init__(found)
        self.complete = complete


DERIVATION_STEPS = 100_000
"""Candidates that a search for derivations looks at, unless it is told otherwise: a few milliseconds."""


class RulesLike(Protocol):
    """A base of facts over u32 terms, and what follows from them by rules (see docs/abi.md, "rules").

    A triple (subject, predicate, object) has a number from its first mention on, in order and never reused. It holds
    if it is asserted or derived; a confidence is in (0, 1]. What is asserted holds at once; what follows is brought
    up to date by `run`.
    """

    def __len__(self) -> int:
        """Triples that have a number."""
        ...

    @property
    def holding(self) -> int:
        """Triples that hold."""
        ...

    @property
    def derived(self) -> int:
        """Triples that hold and are not asserted."""
        ...

    def assert_facts(self, triples: Ordinals, confidences: Vectors) -> array[int]:
        """Set with which confidence triples (flat, three terms each) are asserted, 0 for not; return their numbers.

        Of a triple that is named twice the last confidence counts.
        """
        ...

    def set_numbers(self, terms: Ordinals, values: Any) -> None:
        """Say which terms are numbers, as f64; comparisons by size hold between those alone."""
        ...

    def set_program(self, program: bytes) -> None:
        """Replace the rules by those of `program` (docs/abi.md); rules are told apart by their numbers there.

        Raises:
            InputError: the program is malformed, or a rule is not safe.
        """
        ...

    def run(self, steps: int = 0, *, max_derived: int = 0) -> bool:
        """Bring what follows up to date, for about `steps` units of work (0: to the end); return whether it is.

        Between two calls that return False, nothing else but `rollback` may be called.

        Raises:
            BudgetError: more than `max_derived` triples (0: no bound) would be derived; all is as before the first
                of these calls, with what was asserted since still to be followed up.
        """
        ...

    def rollback(self) -> None:
        """End a `run` that is not done: all is as before its first call."""
        ...

    def busiest(self) -> int | None:
        """Return the rule by which most was derived that was new, in the last run that was rolled back."""
        ...

    def match(
        self,
        subject: int | None,
        predicate: int | None,
        object: int | None,
        *,
        which: str = "holding",
        limit: int = 0,
        after: int = -1,
    ) -> array[int]:
        """Return the numbers of matching triples, ascending.

        Args:
            subject: a term, or None for any; likewise the others.
            predicate: see `subject`.
            object: see `subject`.
            which: "holding", "asserted", or "known" for all that have a number.
            limit: at most so many, 0 for all.
            after: only numbers greater than this.
        """
        ...

    def find(self, triples: Ordinals) -> array[int]:
        """Return the number of each triple, 0xFFFFFFFF for one that has none."""
        ...

    def describe(self, numbers: Ordinals) -> Described:
        """Return what is known of triples."""
        ...

    def support(self, number: int) -> Derivation | None:
        """Return the rule application that a derived triple's confidence comes from.

        None where the triple does not hold, or its assertion is at least as good. Following supports never ends
        in a circle.
        """
        ...

    def derivations(self, number: int, limit: int, *, steps: int = DERIVATION_STEPS) -> Derivations:
        """Return up to `limit` applications of rules that yield a triple from what holds now, best first.

        After about `steps` candidates (0: no bound) the best of those are returned, and the list says so.
        """
        ...

    def close(self) -> None:
        """Free the base. Closing twice is allowed."""
        ...


class Assets(Protocol):
    """Where the package's files come from."""

    async def asset(self, name: str) -> bytes:
        """Return a file of the package's data, by its path there ("kernels/manifest.json").

        Raises:
            BootError: it cannot be loaded.
        """
        ...


class WasmHost(Protocol):
    """What executes WebAssembly here."""

    def simd(self) -> bool:
        """Does it run 128-bit SIMD?"""
        ...

    async def instantiate(self, name: str, build: str, wasm: bytes) -> WasmModule:
        """Compile and instantiate a module.

        Raises:
            KernelUnavailableError: it cannot be run here.
        """
        ...
