"""Lists that many append to and many read: what they saw must fit one order, without lost, doubled or circular steps."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from tests.histories.recording import Call, Came

Lists = Mapping[Any, tuple[str, ...]]
Graph = dict[Hashable, set[Hashable]]


def anomalies(calls: Sequence[Call], at_last: Lists) -> Iterator[str]:
    """What is wrong with a history of ``append`` about (list, text) and ``read`` answered with all lists at one moment.

    `at_last` are the lists when all was over. Appends have one text each in the whole history.
    """
    appends = {call.about[1]: call for call in calls if call.what == "append"}
    reads = [call for call in calls if call.what == "read" and call.came is Came.OK]
    for name, texts in at_last.items():
        if len(set(texts)) != len(texts):
            yield f"doubled append in {name}: {texts}"
    there = {text for texts in at_last.values() for text in texts}
    for text, call in appends.items():
        if call.came is Came.OK and text not in there:
            yield f"lost append: {text} was acknowledged"
        if call.came is Came.REFUSED and text in there:
            yield f"phantom append: {text} was refused"
    for read in reads:
        for name, texts in read.value.items():
            if tuple(texts) != at_last[name][: len(texts)]:
                yield f"incompatible order of {name}: {texts} was read, {at_last[name]} is there"
    for knot in knots(_graph(appends, reads, at_last)):
        yield f"cycle: {' and '.join(sorted(map(str, knot)))} each come before the other"


def _graph(appends: Mapping[str, Call], reads: Sequence[Call], at_last: Lists) -> Graph:
    """Who came before whom: by the order of a list (ww), by what was read (wr) and not yet there (rw), and by the clock."""
    graph: Graph = defaultdict(set)
    for texts in at_last.values():
        for one, following in itertools.pairwise(texts):
            graph[one].add(following)
    for number, read in enumerate(reads):
        name = f"read {number}"
        for key, texts in read.value.items():
            if texts:
                graph[texts[-1]].add(name)
            if len(texts) < len(at_last[key]):
                graph[name].add(at_last[key][len(texts)])
    nodes: list[tuple[Hashable, Call]] = [(f"read {number}", read) for number, read in enumerate(reads)]
    nodes += [(text, call) for text, call in appends.items() if call.came is Came.OK]
    for node, early in nodes:
        graph[node] |= {other for other, late in nodes if early.end < late.begin}
    return graph


def knots(graph: Graph) -> Iterator[list[Hashable]]:
    """The strongly connected parts of more than one node (Tarjan), without recursion."""
    index: dict[Hashable, int] = {}
    low: dict[Hashable, int] = {}
    stack: list[Hashable] = []
    on_stack: set[Hashable] = set()
    for root in list(graph):
        if root in index:
            continue
        path = [(root, iter(sorted(graph.get(root, ()), key=str)))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while path:
            node, rest = path[-1]
            for after in rest:
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    on_stack.add(after)
                    path.append((after, iter(sorted(graph.get(after, ()), key=str))))
                    break
                if after in on_stack:
                    low[node] = min(low[node], index[after])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    part = [stack.pop()]
                    while part[-1] != node:
                        part.append(stack.pop())
                    on_stack -= set(part)
                    if len(part) > 1:
                        yield part
