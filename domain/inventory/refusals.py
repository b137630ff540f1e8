"""The ways in which stock says no, with the numbers a clerk needs."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.ids import SkuId, WarehouseId
from houtai.domain.refusal import Kind, Refusal


@attrs.frozen
class Shortage:
    """One SKU that is short: what was wanted, and what may be had."""

    sku_id: SkuId
    wanted_qty: int
    available_qty: int
    sku_code: str = ""

    @property
    def missing_qty(self) -> int:
        """What is not there."""
        return self.wanted_qty - self.available_qty


@attrs.define(eq=False, slots=False)
class OutOfStock(Refusal):
    """Not everything that was wanted is there, so nothing was taken; every short SKU is named with its numbers."""

    code = "inventory.out-of-stock"
    text = "not enough stock: {summary}"

    shortages: tuple[Shortage, ...]

    def __str__(self) -> str:
        """The shortages as a clerk reads them."""
        named = (f"{short.sku_code or short.sku_id}: {short.available_qty} of {short.wanted_qty}" for short in self.shortages)
        return self.text.format(summary=", ".join(named))


@attrs.define(eq=False, slots=False)
class NotEnoughOnHand(Refusal):
    """More was to leave a state than lies in it."""

    code = "inventory.not-enough-on-hand"
    text = "{on_hand_qty} units are {state} here, {wanted_qty} were to go"

    sku_id: SkuId
    warehouse_id: WarehouseId
    state: str
    on_hand_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class WouldUndercut(Refusal):
    """The change would take units away that orders or buyers were promised."""

    code = "inventory.would-undercut"
    text = (
        "{sellable_qty} sellable, {reserved_qty} reserved and {held_qty} held: a change of {delta_qty} would take promised units"
    )

    sku_id: SkuId
    warehouse_id: WarehouseId
    sellable_qty: int
    reserved_qty: int
    held_qty: int
    delta_qty: int


@attrs.define(eq=False, slots=False)
class CostNeeded(Refusal):
    """Units are to appear whose cost nobody ever stated."""

    code = "inventory.cost-needed"
    kind = Kind.INVALID
    text = "no cost is known here for these units; state it on the line"

    sku_id: SkuId
    warehouse_id: WarehouseId


@attrs.define(eq=False, slots=False)
class NotOurGoods(Refusal):
    """A merchant's goods carry no value in the house's books, so no cost can be stated for them."""

    code = "inventory.not-our-goods"
    kind = Kind.INVALID
    text = "the goods belong to a merchant; they have no cost in these books"

    sku_id: SkuId
    warehouse_id: WarehouseId


@attrs.define(eq=False, slots=False)
class WarehouseClosed(Refusal):
    """Nothing comes into a closed warehouse."""

    code = "inventory.warehouse-closed"
    text = "warehouse {warehouse_code} is closed"

    warehouse_code: str


@attrs.define(eq=False, slots=False)
class HoldCapReached(Refusal):
    """One buyer holds enough already; stock that nobody pays for must not be frozen."""

    code = "inventory.hold-cap-reached"
    kind = Kind.LIMITED
    text = "{held_qty} units are held for this buyer, {wanted_qty} more would pass the cap of {cap_qty}"

    held_qty: int
    wanted_qty: int
    cap_qty: int


@attrs.define(eq=False, slots=False)
class FenceTooWide(Refusal):
    """More was to be ring-fenced than is available beside the other fences."""

    code = "inventory.fence-too-wide"
    text = "{wanted_qty} were to be ring-fenced, {available_qty} are available of which {others_qty} belong to other fences"

    sku_id: SkuId
    warehouse_id: WarehouseId
    wanted_qty: int
    available_qty: int
    others_qty: int


@attrs.define(eq=False, slots=False)
class FrozenTooMuch(Refusal):
    """More was to be frozen than lies free."""

    code = "inventory.frozen-too-much"
    text = "{wanted_qty} were to be frozen, {free_qty} sellable units are promised to nobody"

    sku_id: SkuId
    warehouse_id: WarehouseId
    wanted_qty: int
    free_qty: int


@attrs.define(eq=False, slots=False)
class NotStocked(Refusal):
    """A virtual bundle is only a name for its components; they lie on shelves, it does not."""

    code = "inventory.not-stocked"
    kind = Kind.INVALID
    text = "{sku_code} is a virtual bundle; its components are stocked"

    sku_code: str


@attrs.define(eq=False, slots=False)
class NotReserved(Refusal):
    """More was to go out than the reservation has."""

    code = "inventory.not-reserved"
    text = "{reserved_qty} units are reserved, {wanted_qty} were to go out"

    reservation_id: UUID
    reserved_qty: int
    wanted_qty: int
