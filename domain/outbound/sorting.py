"""The sort wall (播种墙): each product that comes off the cart goes into the slot of an order that still wants it."""

from __future__ import annotations

from collections.abc import Collection

import attrs

from houtai.domain import limits
from houtai.domain.ids import OutboundId, SkuId
from houtai.domain.outbound.picking import NotNow
from houtai.domain.refusal import InvalidValue, Refusal
from houtai.domain.warehouse.scan import WrongRecord


@attrs.define(eq=False, slots=False)
class NoOpenSlot(Refusal):
    """No order of this wall wants this product any more: it is surplus and goes to lost and found."""

    code = "sort.no-open-slot"
    text = "no slot wants {sku} any more; put it to lost and found"

    sku: str


@attrs.frozen
class WallWish:
    """One line that a slot waits for."""

    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    placed_qty: int = 0

    @property
    def rest_qty(self) -> int:
        """Units still missing."""
        return self.qty - self.placed_qty


@attrs.frozen
class WallSlot:
    """A compartment of the wall and the order in it."""

    code: str
    outbound_id: OutboundId
    wishes: tuple[WallWish, ...]

    @property
    def full(self) -> bool:
        """Whether the order is complete."""
        return not any(wish.rest_qty for wish in self.wishes)

    def rest_of(self, sku_id: SkuId) -> int:
        """How many of the product it still wants."""
        return sum(wish.rest_qty for wish in self.wishes if wish.sku_id == sku_id)

    def with_units(self, sku_id: SkuId, qty: int) -> WallSlot:
        """With so many more units, on its lines in order."""
        wishes, rest = [], qty
        for wish in self.wishes:
            part = min(rest, wish.rest_qty) if wish.sku_id == sku_id else 0
            wishes.append(attrs.evolve(wish, placed_qty=wish.placed_qty + part))
            rest -= part
        assert not rest, "a slot takes no more than it wants"
        return attrs.evolve(self, wishes=tuple(wishes))


@attrs.frozen
class Sorting:
    """A wall being filled. `target` is the slot that lights for the product in hand, of which `in_hand` are units."""

    slots: tuple[WallSlot, ...]
    target: str = ""
    sku_id: SkuId | None = None
    in_hand: int = 0
    stopped: frozenset[OutboundId] = frozenset()

    def __attrs_post_init__(self) -> None:
        if len({slot.code for slot in self.slots}) < len(self.slots):
            raise InvalidValue(field="slots", rule="must have codes of their own")

    @property
    def done(self) -> bool:
        """Whether every order that is not stopped is complete."""
        return all(slot.full for slot in self.slots if slot.outbound_id not in self.stopped)

    def without(self, stopped: Collection[OutboundId]) -> Sorting:
        """No slot of a stopped order lights any more, looked at before every scan; what is in hand is scanned anew."""
        now = self.stopped | frozenset(stopped)
        if now == self.stopped:
            return self
        lit = next((slot for slot in self.slots if slot.code == self.target), None)
        if lit is not None and lit.outbound_id in now:
            return attrs.evolve(self, stopped=now, target="", sku_id=None, in_hand=0)
        return attrs.evolve(self, stopped=now)

    def without_lines(self, outbound_id: OutboundId, lines: Collection[int]) -> Sorting:
        """Without the wishes of these lines of one order, the others of which go on; what is in hand for it is scanned anew."""
        slots = tuple(
            attrs.evolve(slot, wishes=tuple(wish for wish in slot.wishes if wish.line not in lines))
            if slot.outbound_id == outbound_id
            else slot
            for slot in self.slots
        )
        lit = next((slot for slot in self.slots if slot.code == self.target), None)
        fewer = attrs.evolve(self, slots=slots)
        return fewer.put_aside() if lit is not None and lit.outbound_id == outbound_id else fewer

    def product(self, sku_id: SkuId, qty: int = 1, named: str = "") -> Sorting:
        """The slot for these units lights: the first that wants them all, else the first that wants some; the rest is next.

        Raises NotNow with another product in hand, NoOpenSlot.
        """
        if self.in_hand:
            raise NotNow(deed="a product", due=f"slot {self.target}")
        open_slots = [slot for slot in self.slots if slot.outbound_id not in self.stopped and slot.rest_of(sku_id)]
        if not open_slots or qty < 1:
            raise NoOpenSlot(sku=named or str(sku_id))
        slot = next((one for one in open_slots if one.rest_of(sku_id) >= qty), open_slots[0])
        return attrs.evolve(self, target=slot.code, sku_id=sku_id, in_hand=min(qty, slot.rest_of(sku_id)))

    def placed(self, slot: str) -> tuple[Sorting, WallSlot]:
        """The units lie in the slot that lights. Raises NotNow with nothing in hand, WrongRecord for another slot."""
        if self.sku_id is None:
            raise NotNow(deed="a slot", due="a product")
        if slot != self.target:
            raise WrongRecord(what="slot", scanned=slot, expected_what="slot", expected=self.target)
        filled = next(one for one in self.slots if one.code == slot).with_units(self.sku_id, self.in_hand)
        slots = tuple(filled if one.code == slot else one for one in self.slots)
        return attrs.evolve(self, slots=slots, target="", sku_id=None, in_hand=0), filled

    def put_aside(self) -> Sorting:
        """What is in hand is not placed (C-UNDO)."""
        return attrs.evolve(self, target="", sku_id=None, in_hand=0)

    @property
    def missing(self) -> tuple[tuple[OutboundId, int, int], ...]:
        """What orders still lack, as (order, line, units)."""
        return tuple(
            (slot.outbound_id, wish.line, wish.rest_qty)
            for slot in self.slots
            if slot.outbound_id not in self.stopped
            for wish in slot.wishes
            if wish.rest_qty
        )
