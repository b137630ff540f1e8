"""Splitting an order and merging orders of one buyer: lines, discounts, freight and tenders add up (OMS-4, OMS-5, R-13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, CustomerId, MerchantId, OrderId, SkuId
from houtai.domain.money import MAX_MINOR, allocate
from houtai.domain.outbound.refusals import NotMergeable, NotSplittable

_amount = limits.between(0, MAX_MINOR)
Amounts = tuple[tuple[str, int], ...]
"""Amounts by name, for example of each discount's bearer or of each tender."""


def _by_name(amounts: Amounts) -> Amounts:
    return tuple(sorted((name, minor) for name, minor in amounts if minor))


@attrs.frozen
class MoneyLine:
    """A line with all the money that was agreed on it; `order_id` and `line` say whence, through every split and merge.

    `discounts` are amounts by discount and bearer; together they are never more than the gross.
    """

    order_id: OrderId
    line: int
    sku_id: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)
    gross_minor: int = attrs.field(validator=_amount)
    freight_minor: int = attrs.field(default=0, validator=_amount)
    weight_g: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    discounts: Amounts = attrs.field(default=(), converter=_by_name)
    tenders: Amounts = attrs.field(default=(), converter=_by_name)
    merchant_id: MerchantId | None = None

    def __attrs_post_init__(self) -> None:
        assert all(minor >= 0 for _, minor in (*self.discounts, *self.tenders)), "no negative shares"
        assert self.discount_minor <= self.gross_minor, "a discount never makes a line negative (M7)"

    @property
    def discount_minor(self) -> int:
        """All its discounts."""
        return sum(minor for _, minor in self.discounts)

    @property
    def payable_minor(self) -> int:
        """What the buyer pays for it, freight with it."""
        return self.gross_minor - self.discount_minor + self.freight_minor


@attrs.frozen
class MoneyTotals:
    """What must not change, whatever is split or merged."""

    qty: int
    gross_minor: int
    discount_minor: int
    freight_minor: int
    weight_g: int
    tenders: Amounts


def totals(lines: Sequence[MoneyLine]) -> MoneyTotals:
    """All lines together."""
    return MoneyTotals(
        qty=sum(line.qty for line in lines),
        gross_minor=sum(line.gross_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        freight_minor=sum(line.freight_minor for line in lines),
        weight_g=sum(line.weight_g for line in lines),
        tenders=_sum_amounts(lines),
    )


def _sum_amounts(lines: Sequence[MoneyLine]) -> Amounts:
    held: dict[str, int] = {}
    for line in lines:
        for name, minor in line.tenders:
            held[name] = held.get(name, 0) + minor
    return tuple(sorted(held.items()))


def cut(line: MoneyLine, qty: Sequence[int]) -> tuple[MoneyLine, ...]:
    """The line in pieces of so many units; every amount is shared by units and adds up (R-2). Raises NotSplittable.

    No piece gets more discount than its price, and what its tenders paid is what it costs wherever that held for the line.
    """
    if any(each < 1 for each in qty) or sum(qty) != line.qty:
        raise NotSplittable(reason=f"line {line.line} has {line.qty} units, the parts make {sum(qty)}")
    gross = allocate(line.gross_minor, qty)
    discounts = _under(line.discounts, qty, gross)
    freight = allocate(line.freight_minor, qty)
    weight = allocate(line.weight_g, qty)
    payable = [
        price - sum(minor for _, minor in held) + share for price, held, share in zip(gross, discounts, freight, strict=True)
    ]
    paid_whole = sum(minor for _, minor in line.tenders) == line.payable_minor
    tenders = _under(line.tenders, payable if paid_whole and any(payable) else qty, payable if paid_whole else None)
    return tuple(
        attrs.evolve(
            line,
            qty=qty[at],
            gross_minor=gross[at],
            freight_minor=freight[at],
            weight_g=weight[at],
            discounts=discounts[at],
            tenders=tenders[at],
        )
        for at in range(len(qty))
    )


def _under(amounts: Amounts, weights: Sequence[int], caps: Sequence[int] | None) -> list[Amounts]:
    """Each amount shared by weight, one after the other under the same caps, so that no part exceeds its cap in all."""
    room = None if caps is None else list(caps)
    shares: list[list[tuple[str, int]]] = [[] for _ in weights]
    for name, minor in amounts:
        # A part without weight may have to take what the others have no room for.
        parts = allocate(minor, _reaching(minor, weights, room), room)
        for at, part in enumerate(parts):
            if part:
                shares[at].append((name, part))
            if room is not None:
                room[at] -= part
    return [tuple(share) for share in shares]


def _reaching(minor: int, weights: Sequence[int], room: Sequence[int] | None) -> Sequence[int]:
    """The weights, or the room itself where those with weight have too little of it."""
    if room is None:
        return weights
    reached = sum(free for free, weight in zip(room, weights, strict=True) if weight)
    return weights if reached >= minor else room


def split(lines: Sequence[MoneyLine], parts: Sequence[Mapping[int, int]]) -> tuple[tuple[MoneyLine, ...], ...]:
    """The order's lines in parts, each given as units by line number; totals are kept to the last unit and fen.

    Raises NotSplittable for a line that is not there, units too many or too few, or an empty part.
    """
    numbers = {line.line for line in lines}
    unknown = {number for part in parts for number in part} - numbers
    if unknown:
        raise NotSplittable(reason=f"there is no line {min(unknown)}")
    if any(not any(part.values()) for part in parts):
        raise NotSplittable(reason="a part is empty")
    made: list[list[MoneyLine]] = [[] for _ in parts]
    for line in lines:
        places = [(at, part[line.line]) for at, part in enumerate(parts) if part.get(line.line)]
        for (at, _), piece in zip(places, cut(line, [qty for _, qty in places]), strict=True):
            made[at].append(piece)
    return tuple(tuple(part) for part in made)


def rejoin(parts: Sequence[Sequence[MoneyLine]]) -> tuple[MoneyLine, ...]:
    """Parts of one order as they were: the pieces of a line are one line again, every amount their sum."""
    held: dict[tuple[OrderId, int], list[MoneyLine]] = {}
    for part in parts:
        for line in part:
            held.setdefault((line.order_id, line.line), []).append(line)
    joined = (_joined(pieces) for _, pieces in sorted(held.items()))
    return tuple(joined)


def _joined(pieces: Sequence[MoneyLine]) -> MoneyLine:
    discounts: dict[str, int] = {}
    for piece in pieces:
        for name, minor in piece.discounts:
            discounts[name] = discounts.get(name, 0) + minor
    whole = totals(pieces)
    return attrs.evolve(
        pieces[0],
        qty=whole.qty,
        gross_minor=whole.gross_minor,
        freight_minor=whole.freight_minor,
        weight_g=whole.weight_g,
        discounts=tuple(discounts.items()),
        tenders=whole.tenders,
    )


@attrs.frozen
class SealedPart:
    """What a line asks of its parcel: lines that differ in one of these never travel together (OMS-4)."""

    line: int
    merchant_id: MerchantId | None = None
    storage_class: str = ""  # temperature, dangerous goods
    available_on: dt.date | None = None  # of goods that are still to come
    group: str = ""  # lines somebody put apart by hand


def sealed_groups(lines: Sequence[SealedPart]) -> tuple[tuple[int, ...], ...]:
    """The line numbers that may travel together, in the order in which each group begins."""
    held: dict[Hashable, list[int]] = {}
    for one in lines:
        held.setdefault((one.merchant_id, one.storage_class, one.available_on, one.group), []).append(one.line)
    return tuple(tuple(group) for group in held.values())


@attrs.frozen
class MergeCandidate:
    """An order as merging sees it. A `sealed` order, cash on delivery for example, is never split or merged."""

    order_id: OrderId
    number: str
    channel_id: ChannelId
    customer_id: CustomerId | None
    receiver: Address
    currency: str
    service: str
    lines: tuple[MoneyLine, ...]
    paid: bool = True
    approved: bool = True
    held: bool = False
    refunding: bool = False
    routed: bool = False
    sealed: bool = False


def merge_key(one: MergeCandidate) -> Hashable:
    """Orders with the same key may become one: shop, buyer, receiver, phone, address, currency, service and sellers."""
    sellers = frozenset(line.merchant_id for line in one.lines)
    return one.channel_id, one.customer_id, one.receiver, one.currency, one.service, sellers


def merge_obstacle(one: MergeCandidate) -> str:
    """Why this order cannot be merged with any; empty if it can."""
    found = {
        "sealed": one.sealed,
        "not paid": not one.paid,
        "not approved": not one.approved,
        "on hold": one.held,
        "being refunded": one.refunding,
        "given to a warehouse": one.routed,
        "of a buyer whom nobody knows": one.customer_id is None,
        "without a receiver": not (one.receiver.recipient and one.receiver.phone and one.receiver.street),
    }
    return next((f"order {one.number} is {why}" for why, holds in found.items() if holds), "")


def merge(orders: Sequence[MergeCandidate]) -> tuple[MoneyLine, ...]:
    """The lines of all of them as one delivery, each with its own money: nobody pays more or less (R-13). Raises NotMergeable."""
    if len(orders) < 2:
        raise NotMergeable(reason="it takes two orders")
    for one in orders:
        reason = merge_obstacle(one)
        if reason:
            raise NotMergeable(reason=reason)
    keys = {merge_key(one) for one in orders}
    if len(keys) > 1:
        raise NotMergeable(reason="shop, buyer, receiver, currency, service or sellers differ")
    if len({one.order_id for one in orders}) < len(orders):
        raise NotMergeable(reason="an order is named twice")
    return tuple(line for one in orders for line in one.lines)


def merge_groups(orders: Sequence[MergeCandidate]) -> tuple[tuple[MergeCandidate, ...], ...]:
    """Those orders that can be merged, together; orders that stand alone are left out."""
    held: dict[Hashable, list[MergeCandidate]] = {}
    for one in orders:
        if not merge_obstacle(one):
            held.setdefault(merge_key(one), []).append(one)
    return tuple(tuple(group) for group in held.values() if len(group) > 1)
