"""How orders say no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class TendersDiffer(Refusal):
    """The payments that were asked for do not add up to what is to pay."""

    code = "orders.tenders-differ"
    kind = Kind.INVALID
    text = "the tenders come to {tenders_minor}, the order to {payable_minor} {currency}"

    tenders_minor: int
    payable_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class NothingToPay(Refusal):
    """The order waits for no money."""

    code = "orders.nothing-to-pay"
    text = "order {number} is {state}; {rest_minor} {currency} are left to be asked for"

    number: str
    state: str
    rest_minor: int
    currency: str


@attrs.define(eq=False, slots=False)
class StillClaimed(Refusal):
    """What a claim is about is not closed over it (SM-SO)."""

    code = "orders.still-claimed"
    text = "order {number} stays open: {claims} of its claims are not over"

    number: str
    claims: int


@attrs.define(eq=False, slots=False)
class NotDueYet(Refusal):
    """A timer came too early, or another deed was faster."""

    code = "orders.not-due-yet"
    text = "order {number} is {state}, nothing is due"

    number: str
    state: str


@attrs.define(eq=False, slots=False)
class StillShort(Refusal):
    """Units of the order have no stock; wait for it, or cancel."""

    code = "orders.still-short"
    text = "order {number} still lacks {missing_qty} units on lines {lines}"

    number: str
    missing_qty: int
    lines: tuple[int, ...]


@attrs.define(eq=False, slots=False)
class StillUnmatched(Refusal):
    """Some of the channel's goods are not bound to a SKU of ours."""

    code = "orders.still-unmatched"
    text = "order {number} holds goods that are bound to no SKU: {items}"

    number: str
    items: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class ImportDiffers(Refusal):
    """The channel pushes an order again, with other lines, discounts or payments than those that were booked."""

    code = "orders.import-differs"
    text = "order {external_id} is booked as {number} with other contents"

    external_id: str
    number: str


@attrs.define(eq=False, slots=False)
class NotOnHold(Refusal):
    """The order is not stopped in this way."""

    code = "orders.not-on-hold"
    text = "order {number} is {state}"

    number: str
    state: str


@attrs.define(eq=False, slots=False)
class ListingNeeded(Refusal):
    """Open orders still rest on what would leave the channel; the first few of them are named."""

    code = "orders.listing-needed"
    kind = Kind.CONFLICT
    text = "{open_count} open orders still need it on the channel: {numbers}"

    open_count: int
    numbers: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class GoesWithOthers(Refusal):
    """Units that were to be given up go out together with others that are to be sent, and a part of the order has left."""

    code = "orders.goes-with-others"
    text = "order {number}: {going_qty} units of line {line} go out together, {wanted_qty} were to be given up"

    number: str
    line: int
    going_qty: int
    wanted_qty: int
