"""What of an order belongs together on its way: the parts of a bundle (R-12), and a gift with what earned it (R-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from fractions import Fraction

from houtai.domain.ids import WarehouseId
from houtai.domain.orders.line import OrderLine

UnitsAt = Mapping[tuple[WarehouseId, int], int]
"""How many units of which line, by its number, leave which warehouse."""


def belonging(lines: Collection[OrderLine], *, gifts: bool = True) -> dict[int, int]:
    """By line number the number of its group, for lines that belong to others; all lines of a basket's bundle are a group.

    With `gifts`, a gift goes with the first line that earned it. A group has the number of its first line.
    """
    root = {line.seq: line.seq for line in lines}
    first: dict[int, int] = {}
    for line in sorted(lines, key=lambda one: one.seq):
        if line.bundle is not None:
            root[line.seq] = first.setdefault(line.bundle.basket_line, line.seq)
    if gifts:
        for line in lines:
            earned_by = [] if line.gift is None else sorted(seq for seq in line.gift.trigger_lines if seq in root)
            if earned_by:
                root[line.seq] = root[earned_by[0]]
    members = Counter(root.values())
    return {seq: group for seq, group in root.items() if members[group] > 1}


def is_torn(lines: Collection[OrderLine], units: UnitsAt) -> bool:
    """Whether a warehouse would send a part of a bundle without the rest of it. Whole bundles may leave several warehouses."""
    bundles: dict[int, list[OrderLine]] = {}
    for line in lines:
        if line.bundle is not None:
            bundles.setdefault(line.bundle.basket_line, []).append(line)
    places = {place for place, _ in units}
    for members in bundles.values():
        sending = [place for place in places if any(units.get((place, line.seq)) for line in members)]
        if len(sending) > 1 and any(len(_sets(members, units, place)) > 1 for place in sending):
            return True
    return False


def _sets(members: Collection[OrderLine], units: UnitsAt, place: WarehouseId) -> set[Fraction]:
    """How many bundles the units of each part make there; one whole number where nothing is left over."""
    found = {Fraction(units.get((place, line.seq), 0) * line.bundle.qty, line.qty) for line in members if line.bundle is not None}
    return found if all(one.denominator == 1 for one in found) else found | {Fraction(-1)}
