"""What a wish gives back, before anybody decides: rows with a reason each, and what hangs on it (R-5 to R-14).

Pure: the order as it was frozen, the rows so far and the wish go in, rows come out. What shares its worth with other lines
(a threshold, a gift) is reckoned as one sum for all that went so far, and a row is the step to it. So nothing depends on the
order of cases, and whoever returns everything gets everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.aftersales.gifts import GiftDue, gift_rows
from houtai.domain.aftersales.given_back import OF_THE_PRICE, GivenBack, LineStanding, Part, Standing, standing
from houtai.domain.aftersales.reason import Fault, Reason
from houtai.domain.aftersales.refusals import BundleGoesWhole, MoreThanKept, MoreThanLeft, NoSuchLine
from houtai.domain.aftersales.thresholds import repriced_rows
from houtai.domain.catalog.sku import ReturnPolicy as BundleReturn
from houtai.domain.ids import MerchantId
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders.order import Order
from houtai.domain.orders.shipping import part
from houtai.domain.pricing.units import refund_of_units
from houtai.domain.refusal import InvalidValue
from houtai.domain.rewards.withdrawal import CouponFate, Granted, Withdrawal


@attrs.frozen
class WishLine:
    """Of one order line so many units, `unshipped_qty` of them not handed over yet; or money without units, never both."""

    line: int
    qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    unshipped_qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    allowance_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))

    def __attrs_post_init__(self) -> None:
        if bool(self.qty) == bool(self.allowance_minor):
            raise InvalidValue(field="qty", rule="give either qty or allowance_minor")
        if self.unshipped_qty > self.qty:
            raise InvalidValue(field="unshipped_qty", rule=f"must be at most qty, {self.qty}")


@attrs.frozen
class Wish:
    """What is to go back and why. `freight` is the word of somebody who may decide it; None leaves it to the reason (R-14).

    `return_freight_minor` is what the way back adds (paid to the buyer) or, negative, takes off: see `return_freight`.
    """

    lines: tuple[WishLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    reason: Reason
    freight: bool | None = None
    return_freight_minor: int = attrs.field(default=0, validator=limits.between(-MAX_MINOR, MAX_MINOR))

    def __attrs_post_init__(self) -> None:
        if len({one.line for one in self.lines}) != len(self.lines):
            raise InvalidValue(field="lines", rule="must name each line once")


@attrs.frozen
class Quote:
    """What the wish gives back: its rows sum up to `net_minor`, never negative and never more than the tenders have left.

    `gifts_due` are the gifts that lost their trigger: those that should come back as well, and what is taken off while they
    do not. `closes` says that the buyer keeps nothing of the order, so its coupons come back (R-8). `withdrawals` are what goes
    of what the order granted: points out of the balance, coupons that cannot be used any more, and what is charged instead.
    """

    rows: tuple[GivenBack, ...]
    gifts_due: tuple[GiftDue, ...]
    closes: bool
    withdrawals: tuple[Withdrawal, ...] = ()

    @property
    def net_minor(self) -> int:
        """The money that goes back to the buyer."""
        return sum(row.amount_minor for row in self.rows)

    @property
    def owed_minor(self) -> int:
        """The same with what finance pays another way, since the tenders have less left (R-6)."""
        return self.net_minor - self.of(Part.BY_HAND)

    def of(self, part_of: Part) -> int:
        """The sum of one kind of rows."""
        return sum(row.amount_minor for row in self.rows if row.part is part_of)


def quote(
    order: Order,
    past: Iterable[GivenBack],
    wish: Wish,
    case_id: UUID,
    busy: Mapping[int, int] | None = None,
    *,
    granted: Granted | None = None,
    forgiven: bool = False,
) -> Quote:
    """What `wish` gives back after the rows of `past`; `busy` are units of each line that stand in other open cases.

    `granted` is what the order granted and what may have to be charged for it; `forgiven` gives back what was charged before.
    Raises NoSuchLine, MoreThanKept, MoreThanLeft and BundleGoesWhole.
    """
    before = standing(order.lines, past)
    _check(order, before, wish, busy or {})
    rows = [_goods(case_id, before.lines[one.line], one) for one in wish.lines]
    after = _moved(before, rows)
    rows += _freight(case_id, before, after, wish)
    rows += repriced_rows(case_id, order, after)
    if wish.return_freight_minor:
        rows.append(GivenBack(case_id, 0, Part.RETURN_FREIGHT, wish.return_freight_minor))
    if before.carried_minor:
        rows.append(GivenBack(case_id, 0, Part.CARRIED, -before.carried_minor))
    gifts, due = gift_rows(case_id, after, max(0, sum(row.amount_minor for row in rows)))
    rows += gifts
    closes = not any(one.kept_qty for one in after.lines.values())
    back_minor = before.price_minor + sum(row.amount_minor for row in rows if row.part in OF_THE_PRICE)
    going = granted.going(back_minor, closes=closes) if granted is not None else ()
    rows += _charges(case_id, going)
    if forgiven:
        rows += [GivenBack(case_id, 0, part, -minor, source=source) for (part, source), minor in before.charged.items() if minor]
    return Quote(_told(case_id, order, before, rows), due, closes, going)


def way_back_alone(order: Order, past: Iterable[GivenBack], minor: int, case_id: UUID) -> Quote:
    """What the buyer gets for the way back where they get goods and no money: `minor`, less what refunds could not take off."""
    if not minor:
        return Quote((), (), closes=False)
    before = standing(order.lines, past)
    parts = {Part.RETURN_FREIGHT: minor, Part.CARRIED: -before.carried_minor}
    rows = [GivenBack(case_id, 0, part, amount) for part, amount in parts.items()]
    return Quote(_told(case_id, order, before, rows), (), closes=False)


def _told(case_id: UUID, order: Order, before: Standing, rows: Sequence[GivenBack]) -> tuple[GivenBack, ...]:
    """The rows that say something, with one for what they take off too much, or what the tenders have not left (R-6)."""
    net, left = sum(row.amount_minor for row in rows), order.payable_minor - before.total_minor
    bound = GivenBack(case_id, 0, Part.CARRIED if net < 0 else Part.BY_HAND, min(max(net, 0), left) - net)
    return tuple(row for row in (*rows, bound) if row.amount_minor or row.qty)


def _charges(case_id: UUID, going: Sequence[Withdrawal]) -> list[GivenBack]:
    """What is taken off for things that the order granted and that are used, a row for each (R-7, R-9)."""
    parts = {True: Part.GRANTED_COUPON, False: Part.CLAWED_BACK}
    return [
        GivenBack(case_id, 0, parts[step.coupon is CouponFate.CHARGED], -step.charged_minor, source=str(step.grant_id))
        for step in going
        if step.charged_minor
    ]


def return_freight(reason: Reason, *, proved_minor: int, cap_minor: int, label_minor: int) -> int:
    """What the way back adds to a refund or takes off it (R-14).

    Where the buyer has nothing to answer for, what they proved to have paid up to the cap, and nothing for a label of ours;
    else nothing for what they paid, and our label is taken off.
    """
    if reason.fault is Fault.BUYER:
        return -label_minor
    return min(proved_minor, cap_minor)


def _check(order: Order, before: Standing, wish: Wish, busy: Mapping[int, int]) -> None:
    for one in wish.lines:
        held = before.lines.get(one.line)
        if held is None:
            raise NoSuchLine(number=order.number, line=one.line)
        free = held.kept_qty - busy.get(one.line, 0)
        if one.qty > free:
            raise MoreThanKept(line=one.line, wanted_qty=one.qty, free_qty=max(0, free))
        if one.allowance_minor > held.left_minor:
            raise MoreThanLeft(line=one.line, wanted_minor=one.allowance_minor, left_minor=held.left_minor)
    _check_bundles(before, {one.line: one.qty for one in wish.lines if one.qty})


def _check_bundles(before: Standing, wanted: Mapping[int, int]) -> None:
    """All lines of a bundle that comes back whole have as many bundles in the wish as the one that has most."""
    bundles: dict[int, list[LineStanding]] = {}
    for held in before.lines.values():
        if held.line.bundle is not None and held.line.bundle.on_return is BundleReturn.WHOLE_ONLY:
            bundles.setdefault(held.line.bundle.basket_line, []).append(held)
    for parts in bundles.values():
        asked = {held.line.seq: wanted.get(held.line.seq, 0) for held in parts}
        if not any(asked.values()):
            continue
        each = {held.line.seq: held.line.qty // held.line.bundle.qty for held in parts if held.line.bundle is not None}
        times = max(-(-asked[seq] // each[seq]) for seq in asked)
        for held in parts:
            whole = times * each[held.line.seq]
            if asked[held.line.seq] != whole and held.line.bundle is not None:
                raise BundleGoesWhole(
                    bundle=held.line.bundle.code, line=held.line.seq, wanted_qty=asked[held.line.seq], whole_qty=whole
                )


def _goods(case_id: UUID, held: LineStanding, one: WishLine) -> GivenBack:
    if one.allowance_minor:
        return GivenBack(case_id, one.line, Part.ALLOWANCE, one.allowance_minor)
    worth = refund_of_units(held.line.paid_minor, held.line.qty, held.gone_qty, held.goods_minor, one.qty)
    return GivenBack(case_id, one.line, Part.GOODS, worth, one.qty)


def _moved(before: Standing, rows: Sequence[GivenBack]) -> Standing:
    """How the lines stand after these rows of goods."""
    moved = dict(before.lines)
    for row in rows:
        held = moved[row.line]
        moved[row.line] = attrs.evolve(held, gone_qty=held.gone_qty + row.qty, goods_minor=held.goods_minor + row.amount_minor)
    return attrs.evolve(before, lines=moved)


def _freight(case_id: UUID, before: Standing, after: Standing, wish: Wish) -> list[GivenBack]:
    """R-14: all that is left where a seller's part of the order ends before anything of it left; else by reason or by word."""
    rows = []
    by_reason = wish.freight if wish.freight is not None else wish.reason.fault is not Fault.BUYER
    ended = _ended_unshipped(before, after, wish)
    for one in wish.lines:
        held = before.lines[one.line]
        if by_reason and one.qty and held.line.merchant_id not in ended:
            share = part(held.line.freight_minor, held.line.qty, held.gone_qty, one.qty)
            rows.append(GivenBack(case_id, one.line, Part.FREIGHT, min(share, held.freight_left_minor)))
    rows += [
        GivenBack(case_id, seq, Part.FREIGHT, held.freight_left_minor)
        for seq, held in before.lines.items()
        if held.line.merchant_id in ended
    ]
    return rows


def _ended_unshipped(before: Standing, after: Standing, wish: Wish) -> set[MerchantId | None]:
    """The sellers (None is the house) whose part of the order ends with this wish, and of which nothing was handed over."""
    touched = {before.lines[one.line].line.merchant_id for one in wish.lines if one.unshipped_qty}
    kept = {held.line.merchant_id for held in after.lines.values() if held.kept_qty and not held.line.is_gift}
    shipped = {held.line.merchant_id for held in before.lines.values() if held.line.shipped_qty}
    return touched - kept - shipped
