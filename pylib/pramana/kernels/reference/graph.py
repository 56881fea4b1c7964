"""The graph in pure Python: what the kernel must find, computed plainly."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from pramana.errors import ClosedError
from pramana.kernels.buffers import check_k
from pramana.kernels.edges import (
    ID_LIMIT,
    as_edges,
    as_ids,
    as_weights,
    check_count,
    direction_code,
    predicate_bitmap,
    refuse_edges,
    refuse_weights,
)
from pramana.kernels.interfaces import GraphPath, Neighborhood, Ordinals, PushRank, Vectors
from pramana.kernels.reference.graph_file import decode, encode
from pramana.kernels.reference.graph_paths import ReferenceSearches
from pramana.kernels.reference.graph_rank import forward_push, power_iteration
from pramana.kernels.reference.walk import Rows, Walk
from pramana.kernels.statuses import raise_status
from pramana.kernels.yen import as_path, cheapest_paths
from pramana.ports import Buffer
from pramana.protocol import DIRECTIONS, STATUS

__all__ = ["ReferenceGraph"]


class ReferenceGraph:
    """As `Graph`, without a kernel: same arguments but the module, same results, same errors.

    Of several equally cheap paths it may find others, and it reaches other nodes on the way.
    """

    def __init__(self) -> None:
        self._edges: dict[tuple[int, int, int], float] | None = {}
        self._out: Rows = {}
        self._into: Rows = {}
        self._bound = 0

    @classmethod
    def load(cls, data: Buffer) -> ReferenceGraph:
        """Return the graph that `save` wrote.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        graph = cls()
        graph._bound, edges = decode(data)
        for source, predicate, target, weight in edges:
            graph._put(source, predicate, target, weight)
        return graph

    def __len__(self) -> int:
        return len(self._live())

    @property
    def node_bound(self) -> int:
        self._live()
        return self._bound

    def add(self, edges: Ordinals, weights: Vectors) -> int:
        held = len(self._live())
        numbers, count = as_edges(edges)
        floats = as_weights(weights, count)
        view = memoryview(floats).cast("B").cast("f")
        if not all(0 < weight <= 1 for weight in view):
            refuse_weights(floats)
        triples = _triples(numbers)
        _check_ids(number for triple in triples for number in triple)
        for (source, predicate, target), weight in zip(triples, view, strict=True):
            self._put(source, predicate, target, weight)
            self._bound = max(self._bound, source + 1, target + 1)
        return len(self) - held

    def remove(self, edges: Ordinals) -> None:
        held = self._live()
        numbers, _ = as_edges(edges)
        triples = _triples(numbers)
        if len(set(triples)) < len(triples) or not all(triple in held for triple in triples):
            refuse_edges(numbers)
        for source, predicate, target in triples:
            del held[source, predicate, target]
            for rows, node, neighbor in ((self._out, source, target), (self._into, target, source)):
                row = rows[node]
                del row[bisect_left(row, (neighbor, predicate))]

    def compact(self) -> None:
        self._live()

    def khop(
        self,
        seeds: Ordinals,
        *,
        depth: int,
        direction: str = "out",
        predicates: Ordinals | None = None,
        max_nodes: int = 0,
    ) -> Neighborhood:
        start = self._seeds(seeds)
        check_count(depth, "depth")
        walk = self._walk(direction, predicates)
        most = check_count(max_nodes, "max_nodes") or len(start) + 2 * len(self)
        reached = {node: (0, node, 0, False) for node in start[:most]}
        truncated = len(start) > most
        queue = [] if truncated else list(reached)
        for node in queue:
            hops = reached[node][0]
            for neighbor, predicate, forward, _ in walk.steps(node) if hops < depth and not truncated else ():
                if neighbor in reached:
                    continue
                if len(reached) == most:
                    truncated = True
                    break
                reached[neighbor] = (hops + 1, node, predicate, forward)
                queue.append(neighbor)
        arrivals = list(reached.values())
        depths, parents, via = (array("I", [arrival[at] for arrival in arrivals]) for at in range(3))
        forward_bytes = bytes(way for *_, way in arrivals)
        return Neighborhood(array("I", reached), depths, parents, via, forward_bytes, truncated)

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
        search = self._searches(target, weighted, direction, predicates)
        _check_ids([check_count(source, "source")])
        start = array("I", [source])
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
        check_k(k)
        search = self._searches(target, weighted, direction, predicates)
        _check_ids([check_count(source, "source")])
        return cheapest_paths(search, source, k, check_count(max_nodes, "max_nodes"))

    def _searches(
        self, target: int, weighted: bool, direction: str, predicates: Ordinals | None
    ) -> ReferenceSearches:
        walk = self._walk(direction, predicates)
        _check_ids([check_count(target, "target")])
        return ReferenceSearches(walk, target, bool(weighted))

    def components(self, *, predicates: Ordinals | None = None) -> tuple[int, array[int]]:
        walk = self._walk("both", predicates)
        numbers, count = [-1] * self._bound, 0
        for first in range(self._bound):
            if numbers[first] >= 0:
                continue
            numbers[first] = count
            stack = [first]
            while stack:
                for neighbor, *_ in walk.steps(stack.pop()):
                    if numbers[neighbor] < 0:
                        numbers[neighbor] = count
                        stack.append(neighbor)
            count += 1
        return count, array("I", numbers)

    def pagerank(
        self,
        *,
        damping: float = 0.85,
        tolerance: float = 1e-9,
        max_iterations: int = 200,
        weighted: bool = True,
        predicates: Ordinals | None = None,
    ) -> array[float]:
        walk = self._walk("out", predicates)
        return power_iteration(
            walk,
            self._bound,
            damping=damping,
            tolerance=tolerance,
            max_iterations=max_iterations,
            weighted=weighted,
        )

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
        start = self._seeds(seeds)
        walk = self._walk(direction, predicates)
        return forward_push(
            walk, start, alpha=alpha, epsilon=epsilon, weighted=weighted, max_pushes=max_pushes
        )

    def save(self) -> bytes:
        self._live()
        return encode(self._bound, self._out)

    def close(self) -> None:
        self._edges = None

    def _live(self) -> dict[tuple[int, int, int], float]:
        if self._edges is None:
            raise ClosedError("the graph was closed")
        return self._edges

    def _put(self, source: int, predicate: int, target: int, weight: float) -> None:
        self._live()[source, predicate, target] = weight
        for rows, node, neighbor in ((self._out, source, target), (self._into, target, source)):
            row = rows.setdefault(node, [])
            at = bisect_left(row, (neighbor, predicate))
            there = at < len(row) and row[at][:2] == (neighbor, predicate)
            row[at : at + there] = [(neighbor, predicate, weight)]

    def _seeds(self, seeds: Ordinals) -> list[int]:
        self._live()
        start = list(dict.fromkeys(memoryview(as_ids(seeds, "seeds")[0]).tolist()))
        _check_ids(start)
        return start

    def _walk(self, direction: str, predicates: Ordinals | None) -> Walk:
        self._live()
        code = direction_code(direction)
        ways = [(self._out, True)] if code & DIRECTIONS["out"] else []
        ways += [(self._into, False)] if code & DIRECTIONS["in"] else []
        return Walk(ways, predicate_bitmap(predicates))


def _triples(numbers: Buffer) -> list[tuple[int, int, int]]:
    flat = memoryview(numbers).tolist()
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))


def _check_ids(ids: Iterable[int]) -> None:
    if any(number >= ID_LIMIT for number in ids):
        raise_status("graph", "graph_add", STATUS["out_of_memory"])
