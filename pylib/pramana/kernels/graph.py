"""The graph kernel's graph (docs/abi.md, "graph")."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import unpack_from

from pramana.errors import InputError
from pramana.kernels.buffers import as_bytes, check_k
from pramana.kernels.edges import (
    as_edges,
    as_ids,
    as_weights,
    check_count,
    check_factor,
    direction_code,
    predicate_bitmap,
    refuse_edges,
    refuse_weights,
)
from pramana.kernels.exports import KernelObject
from pramana.kernels.interfaces import GraphPath, Neighborhood, Ordinals, PushRank, Vectors
from pramana.kernels.yen import Found, as_path, cheapest_paths
from pramana.ports import Buffer, WasmModule
from pramana.protocol import STATUS

__all__ = ["Graph"]

_KEPT = 1 << 20
"""Results beyond this size are not kept in the kernel until the next call."""


class Graph(KernelObject):
    """Typed weighted directed edges in the kernel's memory.

    Nodes and predicates are below 2**28 and should be dense: a node of a large number takes the room of all below it.

    Args:
        module: the graph kernel; any number of graphs share one.
    """

    _what = "graph"

    def __init__(self, module: WasmModule) -> None:
        super().__init__(module)
        self._trail: array[int] | None = None
        self._create("graph_create")

    @classmethod
    def load(cls, module: WasmModule, data: Buffer) -> Graph:
        """Return the graph that `save` wrote.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        buffer, size = as_bytes(data, "data")
        graph = cls.__new__(cls)
        KernelObject.__init__(graph, module)
        graph._trail = None
        graph._load("graph_load", buffer, size)
        return graph

    def __len__(self) -> int:
        return self._call("graph_len")

    @property
    def node_bound(self) -> int:
        """1 + the greatest node of an edge ever added."""
        return self._call("graph_bound")

    def add(self, edges: Ordinals, weights: Vectors) -> int:
        """Add edges, or set the weights of those there; of a bad batch nothing is added.

        Args:
            edges: source, predicate and target of n edges, 3 · n integers.
            weights: n floats in (0, 1], kept as float32. Of an edge that is named twice the later counts.

        Returns:
            How many edges are new.

        Raises:
            InputError: another number of weights, or one out of range (`details["index"]`).
            KernelError: the kernel is out of memory, or an id is 2**28 or more.
        """
        handle = self._live()
        numbers, count = as_edges(edges)
        floats = as_weights(weights, count)
        at = self._scratch.place("edges", numbers, 12 * count)
        status = self._export("graph_add")(
            handle, count, at, self._scratch.place("weights", floats, 4 * count)
        )
        self._scratch.trim()
        if status in (STATUS["not_finite"], STATUS["bad_argument"]):
            refuse_weights(floats)
        return self._checked("graph_add", status)

    def remove(self, edges: Ordinals) -> None:
        """Remove edges.

        Raises:
            InputError: one is not there, or named twice; nothing was removed.
        """
        handle = self._live()
        numbers, count = as_edges(edges)
        status = self._export("graph_remove")(
            handle, count, self._scratch.place("edges", numbers, 12 * count)
        )
        self._scratch.trim()
        if status == STATUS["ordinal_missing"]:
            refuse_edges(numbers)
        self._checked("graph_remove", status)

    def compact(self) -> None:
        """Close the gaps that changes have left.

        Raises:
            KernelError: there is no memory for a copy; the graph is unchanged.
        """
        self._call("graph_compact")

    def khop(
        self,
        seeds: Ordinals,
        *,
        depth: int,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> Neighborhood:
        """Return what lies within `depth` hops of the seeds, in the order reached.

        From each node edges are followed by ascending neighbour, then predicate; with "both", out-edges first.

        Args:
            seeds: where to begin, one named twice once; they need not have edges.
            depth: hops; 0 for the seeds alone.
            direction: "out", "in" or "both".
            predicates: only edges of these; None for all.
            max_nodes: at most so many nodes, the seeds among them; 0 for no bound.

        Raises:
            InputError: an argument is out of range.
        """
        handle = self._live()
        start, count = as_ids(seeds, "seeds")
        ptr = self._scratch.place("seeds", start, 4 * count)
        found = self._export("graph_khop")(
            handle,
            count,
            ptr,
            check_count(depth, "depth"),
            direction_code(direction),
            *self._place_allow(predicate_bitmap(predicates)),
            check_count(max_nodes, "max_nodes"),
        )
        data = self._taken("graph_khop", found)
        nodes, depths, parents, via = (
            array("I", data[4 + 4 * at * found : 4 + 4 * (at + 1) * found]) for at in range(4)
        )
        return Neighborhood(nodes, depths, parents, via, data[4 + 16 * found :], data[0] != 0)

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
        """Return the cheapest path, or None; arguments and errors as in `paths`."""
        search = _Searches(self, target, weighted, direction, predicates)
        start = array("I", [check_count(source, "source")])
        found = search.find(start, 0, array("I"), check_count(max_nodes, "max_nodes"))
        return as_path(found) if found.nodes else None

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
        """Return the `k` cheapest simple paths, cheapest first, no two over the same edges.

        Args:
            source: the first node.
            target: the last; the same node is a path without edges.
            k: how many, 1 to 65,536.
            weighted: an edge costs −ln(weight); else 1.
            direction: how edges are walked: "out", "in" or "both".
            predicates: only edges of these; None for all.
            max_nodes: reach no more nodes than this in all searches together; 0 for no bound.

        Raises:
            InputError: an argument is out of range.
            BudgetError: `max_nodes` were not enough.
        """
        search = self.path_search(
            source,
            target,
            k,
            weighted=weighted,
            direction=direction,
            predicates=predicates,
            max_nodes=max_nodes,
        )
        return [path for path in search if path is not None]

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

        The graph must not change meanwhile. Arguments and errors as in `paths`.
        """
        check_k(k)
        search = _Searches(self, target, weighted, direction, predicates)
        check_count(source, "source")
        return cheapest_paths(search, source, k, check_count(max_nodes, "max_nodes"))

    def components(self, *, predicates: Ordinals | None = None) -> tuple[int, array[int]]:
        """Return the number of weakly connected components and, per node, its component: array("I")."""
        handle = self._live()
        count = self._export("graph_components")(handle, *self._place_allow(predicate_bitmap(predicates)))
        return count, array("I", self._taken("graph_components", count))

    def pagerank(
        self,
        *,
        damping: float = 0.85,
        tolerance: float = 1e-9,
        max_iterations: int = 200,
        weighted: bool = True,
        predicates: Ordinals | None = None,
    ) -> array[float]:
        """Return each node's PageRank, array("d") that sums to 1.

        Args:
            damping: the probability of following an edge, from 0 to below 1.
            tolerance: iterate until the absolute changes sum to at most this.
            max_iterations: but not more often.
            weighted: edges are followed by weight; else evenly. Parallel edges each count.
            predicates: only edges of these; None for all.

        Raises:
            InputError: an argument is out of range.
            BudgetError: `max_iterations` were not enough.
        """
        handle = self._live()
        iterations = self._export("graph_pagerank")(
            handle,
            check_factor(damping, "damping", above=False, upto=1.0),
            check_factor(tolerance, "tolerance"),
            check_count(max_iterations, "max_iterations", 1),
            bool(weighted),
            *self._place_allow(predicate_bitmap(predicates)),
        )
        return array("d", self._taken("graph_pagerank", iterations))

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
        """Return the PageRank of walks that restart at the seeds, by forward push.

        Args:
            seeds: where walks restart, evenly; one named twice counts once.
            alpha: the probability of a restart, above 0 and at most 1.
            epsilon: what a node may keep unpushed per edge. The cost grows with 1 / (alpha · epsilon).
            weighted: edges are followed by weight; else evenly.
            direction: "out", "in" or "both".
            predicates: only edges of these; None for all.
            max_pushes: at most so many; 0 for no bound.

        Raises:
            InputError: an argument is out of range, or there is no seed.
            BudgetError: `max_pushes` were not enough.
        """
        handle = self._live()
        start, count = as_ids(seeds, "seeds")
        if not count:
            raise InputError("there is no seed to restart at", field="seeds")
        found = self._export("graph_push")(
            handle,
            count,
            self._scratch.place("seeds", start, 4 * count),
            check_factor(alpha, "alpha", upto=1.0),
            check_factor(epsilon, "epsilon"),
            bool(weighted),
            direction_code(direction),
            *self._place_allow(predicate_bitmap(predicates)),
            check_count(max_pushes, "max_pushes"),
        )
        data = self._taken("graph_push", found)
        middle = 8 + 8 * found
        return PushRank(array("I", data[middle:]), array("d", data[8:middle]), unpack_from("<d", data)[0])

    def save(self) -> bytes:
        """Return the graph as bytes with a checksum, for `load`; equal graphs give equal bytes."""
        return self._taken("graph_save", self._export("graph_save")(self._live()))

    def _checked(self, export: str, status: int) -> int:
        if status < 0:
            self._fail(export, status)
        return status

    def _taken(self, export: str, status: int) -> bytes:
        """The whole result of a call that returned `status`, and large scratch given back."""
        self._scratch.trim()
        self._checked(export, status)
        data = self._whole_result()
        if len(data) > _KEPT:
            self._release_result("graph_len")
        return data


class _Searches:
    """Searches for one path to a target, for `cheapest_paths`."""

    def __init__(
        self, graph: Graph, target: int, weighted: bool, direction: str, predicates: Ordinals | None
    ) -> None:
        graph._live()
        self._graph = graph
        self._target = check_count(target, "target")
        self._weighted = bool(weighted)
        self._direction = direction_code(direction)
        self._allowed = predicate_bitmap(predicates)

    def trail(self, nodes: array[int], most: int) -> array[int]:
        """Let the kernel remember the nodes of a path; see `yen.Searches`."""
        graph = self._graph
        handle = graph._live()
        bitmap, size = graph._place_allow(self._allowed)
        ptr = graph._scratch.place("trail", nodes, 4 * len(nodes))
        graph._trail = None
        counted = graph._export("graph_trail")(handle, len(nodes), ptr, most, self._direction, bitmap, size)
        data = graph._taken("graph_trail", counted)
        graph._trail = nodes
        return array("I", data)

    def find(self, nodes: array[int], at: int, banned: array[int], max_nodes: int) -> Found:
        """See `yen.Searches`."""
        graph = self._graph
        if at and graph._trail is not nodes:
            self.trail(nodes, 1)
        handle, place = graph._live(), graph._scratch.place
        bitmap, size = graph._place_allow(self._allowed)
        steps = place("banned", banned, 4 * len(banned)) if banned else 0
        found = graph._export("graph_path")(
            handle,
            nodes[at],
            self._target,
            self._weighted,
            self._direction,
            bitmap,
            size,
            max_nodes,
            at,
            len(banned) // 3,
            steps,
        )
        return _path_found(graph._taken("graph_path", found), found)


def _path_found(data: bytes, found: int) -> Found:
    (reached,) = unpack_from("<I", data)
    if not found:
        return Found(reached, array("d"), array("I"), array("I"), b"")
    (edges,) = unpack_from("<I", data, 4)
    nodes = 8 + 8 * edges
    predicates = nodes + 4 * (edges + 1)
    forward = predicates + 4 * edges
    return Found(
        reached,
        array("d", data[8:nodes]),
        array("I", data[nodes:predicates]),
        array("I", data[predicates:forward]),
        data[forward:],
    )
