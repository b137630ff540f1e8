"""Picking: which line is next, what was taken and put where, what is skipped, split or dropped; the same for every method.

Order by order, cluster (边拣边分), zone and totals for sorting (播种) differ in their lines only: a line with a slot asks for it
to be scanned, a line of totals carries the shares of several orders, a zone's picking holds that zone's lines.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.ids import OutboundId, SkuId
from houtai.domain.outbound.refusals import TooMany
from houtai.domain.refusal import InvalidValue, Refusal
from houtai.domain.warehouse.scan import WrongRecord


@attrs.define(eq=False, slots=False)
class NotNow(Refusal):
    """The step is not the one that is due."""

    code = "pick.not-now"
    text = "{deed} is not due; {due} is"

    deed: str
    due: str


class PickStep(enum.Enum):
    """What is to be scanned next."""

    LOCATION = "location"
    PRODUCT = "product"
    SLOT = "slot"
    ZERO_CHECK = "zero-check"  # the bin should be empty now: is it?
    DONE = "done"


@attrs.frozen
class PickShare:
    """So many units of a pick line for one line of an outbound order."""

    outbound_id: OutboundId
    line: int
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class PickLine:
    """So many of a SKU out of one location; `sequence` is its place in the walk.

    `slot` is the code of the cart slot or tote that gets it, empty where it need not be scanned; `lot` is empty where any does.
    """

    number: int
    sequence: int
    location: str
    sku_id: SkuId
    sku_code: str
    shares: tuple[PickShare, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60))
    slot: str = ""
    lot: str = ""
    zone: str = ""
    picked_qty: int = 0

    @property
    def qty(self) -> int:
        """All units that are wanted."""
        return sum(share.qty for share in self.shares)

    @property
    def rest_qty(self) -> int:
        """Units still to be taken."""
        return max(0, self.qty - self.picked_qty)

    @property
    def stock(self) -> tuple[str, SkuId, str]:
        """What it is taken from: location, SKU, lot."""
        return self.location, self.sku_id, self.lot


@attrs.frozen
class PickedUnits:
    """Units of a line that were taken off their location and lie where they belong."""

    line: PickLine
    qty: int
    shares: tuple[PickShare, ...]


@attrs.frozen
class PutBack:
    """Units that are on the cart for an order that was stopped: they go back, from `slot` where it has one."""

    outbound_id: OutboundId
    line: int
    sku_id: SkuId
    qty: int
    slot: str


@attrs.frozen
class CountWish:
    """A count of one stock, because what was found did not fit the books."""

    location: str
    sku_id: SkuId
    lot: str
    reason: str  # zero-check, short-pick


@attrs.frozen
class Picking:
    """One picker's work on a wave: lines, the queue of those still to do, and what is in hand.

    A step that is refused changes nothing. `here` is the location that was confirmed last; lines of the same place that follow
    do not ask for it again. `asked` is the stock that the zero check is about.
    """

    lines: tuple[PickLine, ...]
    queue: tuple[int, ...]
    here: str = ""
    in_hand: int = 0
    asked: tuple[str, SkuId, str] | None = None

    def __attrs_post_init__(self) -> None:
        assert self.in_hand >= 0, "nothing is in hand below zero"
        assert set(self.queue) <= {line.number for line in self.lines}, "only known lines are waiting"

    @property
    def line(self) -> PickLine | None:
        """The line that is being picked."""
        return self.numbered(self.queue[0]) if self.queue else None

    @property
    def step(self) -> PickStep:
        """What is to be scanned next."""
        line = self.line
        if self.asked is not None:
            return PickStep.ZERO_CHECK
        if line is None:
            return PickStep.DONE
        if self.here != line.location:
            return PickStep.LOCATION
        return PickStep.SLOT if self.in_hand and self.in_hand >= line.rest_qty else PickStep.PRODUCT

    def numbered(self, number: int) -> PickLine:
        """The line of this number; KeyError for none."""
        return {line.number: line for line in self.lines}[number]

    def _due(self, deed: str, *steps: PickStep) -> PickLine:
        """The line being picked. Raises NotNow unless one of these steps is due."""
        line = self.line
        if self.step not in steps or line is None:
            raise NotNow(deed=deed, due=self.step.value)
        return line

    def at_location(self, location: str) -> Picking:
        """At the location of the line. Raises NotNow, WrongRecord."""
        line = self._due("a location", PickStep.LOCATION, PickStep.PRODUCT)
        if location != line.location:
            raise WrongRecord(what="location", scanned=location, expected_what="location", expected=line.location)
        return attrs.evolve(self, here=location)

    def took(self, sku_id: SkuId, qty: int = 1, lot: str = "", named: str = "") -> tuple[Picking, PickedUnits | None]:
        """So many units taken; without a slot to scan the line is done with the last of them.

        Raises NotNow, WrongRecord for another product or lot, TooMany for more than are wanted.
        """
        line = self._due("a product", PickStep.PRODUCT)
        if sku_id != line.sku_id:
            raise WrongRecord(what="product", scanned=named or str(sku_id), expected_what="product", expected=line.sku_code)
        if line.lot and lot != line.lot:
            raise WrongRecord(what="lot", scanned=lot or "-", expected_what="lot", expected=line.lot)
        if not 1 <= qty <= line.rest_qty - self.in_hand:
            raise TooMany(line=line.number, step="picked", wanted_qty=qty, limit_qty=line.rest_qty - self.in_hand)
        held = attrs.evolve(self, in_hand=self.in_hand + qty)
        if not line.slot and held.in_hand == line.rest_qty:
            return _put(held, line)
        return held, None

    def placed(self, slot: str) -> tuple[Picking, PickedUnits]:
        """What is in hand lies in the slot; less than is wanted leaves the rest of the line to be picked.

        Raises NotNow with nothing in hand, WrongRecord for the slot of another order.
        """
        line = self._due("a slot", PickStep.SLOT, PickStep.PRODUCT)
        if not self.in_hand:
            raise NotNow(deed="a slot", due=self.step.value)
        if slot != line.slot:
            raise WrongRecord(what="slot", scanned=slot, expected_what="slot", expected=line.slot)
        return _put(self, line)

    def put_down(self) -> tuple[Picking, PickedUnits]:
        """What is in hand lies in the tote, on a line without a slot, though it is not all of it. Raises NotNow."""
        line = self._due("putting down", PickStep.PRODUCT)
        if line.slot or not self.in_hand:
            raise NotNow(deed="putting down", due=PickStep.SLOT.value if line.slot else self.step.value)
        return _put(self, line)

    def with_lines(self, *changed: PickLine) -> tuple[PickLine, ...]:
        """The lines with these in the places of their numbers."""
        by_number = {line.number: line for line in changed}
        return tuple(by_number.get(line.number, line) for line in self.lines)

    def skipped(self) -> Picking:
        """The line at the end of the queue: it has to be done later. Raises NotNow with units in hand."""
        self._due("skipping", PickStep.LOCATION, PickStep.PRODUCT)
        if self.in_hand:
            raise NotNow(deed="skipping", due="placing what is in hand")
        return attrs.evolve(self, queue=(*self.queue[1:], self.queue[0]))

    def returned(self) -> Picking:
        """What is in hand lies at its location again (C-UNDO). Raises NotNow with empty hands."""
        if not self.in_hand:
            raise NotNow(deed="undoing", due=self.step.value)
        return attrs.evolve(self, in_hand=0)

    def emptied(self, units: PickedUnits, left_qty: int) -> Picking:
        """Asks whether the location is empty, where the books say that nothing is left after these units (zero check)."""
        return attrs.evolve(self, asked=units.line.stock) if left_qty == 0 else self

    def answered(self, *, empty: bool) -> tuple[Picking, CountWish | None]:
        """The zero check's answer; a no asks for a count of that stock. Raises NotNow where nothing was asked."""
        if self.asked is None:
            raise NotNow(deed="an answer", due=self.step.value)
        location, sku_id, lot = self.asked
        wish = None if empty else CountWish(location, sku_id, lot, "zero-check")
        return attrs.evolve(self, asked=None), wish

    def without(self, stopped: Collection[OutboundId]) -> tuple[Picking, tuple[PutBack, ...]]:
        """Without the orders that were stopped meanwhile, looked at before every scan; and what of theirs is on the cart.

        Units in hand for a stopped order count as never taken: they still lie before the picker's feet.
        """
        return self._leaving_out(lambda share: share.outbound_id in stopped)

    def without_lines(self, outbound_id: OutboundId, lines: Collection[int]) -> Picking:
        """Without these lines of one order, the others of which go on: the same as for a stopped order."""
        return self._leaving_out(lambda share: share.outbound_id == outbound_id and share.line in lines)[0]

    def _leaving_out(self, gone: Callable[[PickShare], bool]) -> tuple[Picking, tuple[PutBack, ...]]:
        changed, back = list[PickLine](), list[PutBack]()
        for line in self.lines:
            if not any(map(gone, line.shares)):
                continue
            kept, returning = _without(line, gone)
            changed.append(kept)
            back += returning
        if not changed:
            return self, ()
        lines = self.with_lines(*changed)
        open_lines = {line.number for line in lines if line.rest_qty}
        queue = tuple(number for number in self.queue if number in open_lines)
        current = {line.number: line for line in lines}.get(self.queue[0]) if self.queue else None
        in_hand = min(self.in_hand, current.rest_qty) if current is not None else 0
        return attrs.evolve(self, lines=lines, queue=queue, in_hand=in_hand), tuple(back)


def _put(picking: Picking, line: PickLine) -> tuple[Picking, PickedUnits]:
    """The units in hand are picked; they serve the shares of the line in order."""
    qty = picking.in_hand
    done = attrs.evolve(line, picked_qty=line.picked_qty + qty)
    queue = picking.queue if done.rest_qty else picking.queue[1:]
    units = PickedUnits(done, qty, served(line.shares, line.picked_qty, qty))
    return attrs.evolve(picking, lines=picking.with_lines(done), queue=queue, in_hand=0), units


def _without(line: PickLine, gone: Callable[[PickShare], bool]) -> tuple[PickLine, list[PutBack]]:
    """The line without their shares; what was picked for them is to be put back."""
    back, kept, picked, at = list[PutBack](), list[PickShare](), 0, 0
    for share in line.shares:
        had = max(0, min(share.qty, line.picked_qty - at))
        at += share.qty
        if not gone(share):
            kept.append(share)
            picked += had
        elif had:
            back.append(PutBack(share.outbound_id, share.line, line.sku_id, had, line.slot))
    return attrs.evolve(line, shares=tuple(kept), picked_qty=picked), back


def served(shares: Sequence[PickShare], before: int, qty: int) -> tuple[PickShare, ...]:
    """Whose the next `qty` units are, when `before` were served already: the shares in their order."""
    found, at = [], 0
    for share in shares:
        start, end = max(at, before), min(at + share.qty, before + qty)
        if end > start:
            found.append(attrs.evolve(share, qty=end - start))
        at += share.qty
    return tuple(found)


def start(lines: Iterable[PickLine]) -> Picking:
    """The picking of these lines in walking order. Raises InvalidValue for numbers used twice."""
    ordered = tuple(sorted(lines, key=lambda line: (line.sequence, line.number)))
    if len({line.number for line in ordered}) < len(ordered):
        raise InvalidValue(field="lines", rule="must have numbers of their own")
    return Picking(ordered, tuple(line.number for line in ordered if line.rest_qty))


def by_zone(lines: Iterable[PickLine]) -> dict[str, Picking]:
    """One picking for each zone; a tote is passed from one to the next."""
    held: dict[str, list[PickLine]] = {}
    for line in lines:
        held.setdefault(line.zone, []).append(line)
    return {zone: start(members) for zone, members in sorted(held.items())}


def in_totals(lines: Iterable[PickLine]) -> Picking:
    """Lines of the same stock taken together, for the wall to sort (先拣后分): no slots, the shares say whose they are."""
    held: dict[tuple[str, SkuId, str], list[PickLine]] = {}
    for line in lines:
        held.setdefault(line.stock, []).append(line)
    totals = (attrs.evolve(group[0], slot="", shares=tuple(s for one in group for s in one.shares)) for group in held.values())
    return start(totals)


def picked_of(lines: Iterable[PickLine]) -> Mapping[tuple[OutboundId, int], int]:
    """How many units of each outbound line were picked."""
    found: dict[tuple[OutboundId, int], int] = {}
    for line in lines:
        for share in served(line.shares, 0, line.picked_qty):
            key = share.outbound_id, share.line
            found[key] = found.get(key, 0) + share.qty
    return found
