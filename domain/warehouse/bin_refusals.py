"""The ways in which places and bins say no, with the numbers that a picker needs."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.domain.ids import SkuId
from houtai.domain.inventory.refusals import Shortage
from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class NotInBin(Refusal):
    """More was to be taken or promised than lies there for it."""

    code = "warehouse.not-in-bin"
    text = "{there_qty} units lie there, {free_qty} of them free; {wanted_qty} were wanted"

    bin_id: UUID
    there_qty: int
    free_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class NotAllocated(Refusal):
    """More was to be picked or given back than the bin has promised."""

    code = "warehouse.not-allocated"
    text = "{allocated_qty} units are allocated there, not {wanted_qty}"

    bin_id: UUID
    allocated_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class BinsShort(Refusal):
    """The places do not hold enough that may be taken; nothing was allocated, and every short SKU is named."""

    code = "warehouse.bins-short"
    text = "not enough in the bins: {summary}"

    shortages: tuple[Shortage, ...]

    def __str__(self) -> str:
        """The shortages as a clerk reads them."""
        named = (f"{short.sku_code or short.sku_id}: {short.available_qty} of {short.wanted_qty}" for short in self.shortages)
        return self.text.format(summary=", ".join(named))


@attrs.define(eq=False, slots=False)
class CannotPlace(Refusal):
    """The place does not accept these goods; `broken` names the rule, `explanation` its numbers."""

    code = "warehouse.cannot-place"
    text = "{path} does not take these goods ({broken}): {explanation}"

    path: str
    broken: str
    explanation: str


@attrs.define(eq=False, slots=False)
class CannotTake(Refusal):
    """Nothing may leave this place now; `broken` names the rule."""

    code = "warehouse.cannot-take"
    text = "nothing may be taken from {path} ({broken}): {explanation}"

    path: str
    broken: str
    explanation: str


@attrs.define(eq=False, slots=False)
class AllBinsPromised(Refusal):
    """Stock is to shrink by units that picks were promised; their allocation has to be given back first."""

    code = "warehouse.all-bins-promised"
    text = "{free_qty} units are free in the bins, {wanted_qty} were to go; the rest is allocated to picks"

    sku_id: SkuId
    state: str
    free_qty: int
    wanted_qty: int


@attrs.define(eq=False, slots=False)
class SerialElsewhere(Refusal):
    """The unit with this serial does not lie where it was to be taken from."""

    code = "warehouse.serial-elsewhere"
    text = "serial {serial} does not lie there"

    serial: str


@attrs.define(eq=False, slots=False)
class SerialsNeeded(Refusal):
    """Units with serials are to leave a place; which of them has to be said."""

    code = "warehouse.serials-needed"
    kind = Kind.INVALID
    text = "{serials_qty} serials would be left for {left_qty} units; name those that go"

    serials_qty: int
    left_qty: int


@attrs.define(eq=False, slots=False)
class SerialTaken(Refusal):
    """A unit with this serial lies in the house already."""

    code = "warehouse.serial-taken"
    text = "serial {serial} lies in the house already"

    serial: str
