"""The order: lines, tenders and totals that are frozen when it is placed, and the moves of its header (SM-SO, F-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.customers.customer import Address
from houtai.domain.ids import CampaignId, ChannelId, CustomerId, MerchantId, OrderId, PaymentId
from houtai.domain.money import Money
from houtai.domain.moves import check_move
from houtai.domain.orders.hold import Hold
from houtai.domain.orders.line import DiscountRow, DiscountSource, OrderLine
from houtai.domain.orders.state import ENDED, MOVES, OrderState
from houtai.domain.orders.tender import MAX_PARTS, OrderTender, TenderState
from houtai.domain.pricing.promotions import ReturnPolicy, SpendAndSave


@attrs.frozen
class FrozenPromotion:
    """One discount as a whole with the rule that a later return may need (R-10); `lines` are those it was reckoned on."""

    source_type: DiscountSource
    source_id: UUID
    code: str
    amount_minor: int
    lines: tuple[int, ...]
    campaign_id: CampaignId | None = None
    on_return: ReturnPolicy = ReturnPolicy.KEEP
    rule: SpendAndSave | None = None


@attrs.frozen
class Order:
    """What a buyer ordered. Sums hold exactly and are never stored by hand: goods − discounts + freight = payable (M8).

    `expires_at` is set while payment is awaited, `confirm_at` while orders of the same buyer may still be merged, `hold`
    while it is stopped, `complete_at` once everything has arrived: until then the buyer may complain. `external_id` is the
    channel's own number, empty for orders placed here.
    """

    id: OrderId
    number: str
    channel_id: ChannelId
    currency: str
    placed_at: dt.datetime = attrs.field(validator=limits.aware)
    lines: tuple[OrderLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES * 60, low=1))
    receiver: Address
    state: OrderState = OrderState.DRAFT
    discounts: tuple[DiscountRow, ...] = ()
    promotions: tuple[FrozenPromotion, ...] = ()
    tenders: tuple[OrderTender, ...] = attrs.field(default=(), validator=limits.at_most(MAX_PARTS))
    customer_id: CustomerId | None = None
    member_level: str = attrs.field(default="", validator=limits.text(0, 64))
    remark: str = attrs.field(default="", validator=limits.text(0, 500))
    external_id: str = attrs.field(default="", validator=limits.text(0, 128))
    quote_digest: str = ""
    audit_version: int = 0  # of the policy that looked at it last; 0 is the house's built-in one
    expires_at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    confirm_at: dt.datetime | None = None
    complete_at: dt.datetime | None = None
    hold: Hold | None = None
    version: int = 1

    @property
    def goods_minor(self) -> int:
        """All lines before discounts."""
        return sum(line.gross_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """All discounts."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def freight_minor(self) -> int:
        """What delivery is charged: the shares of the lines (R-13)."""
        return sum(line.freight_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        """What the buyer pays in all."""
        return self.goods_minor - self.discount_minor + self.freight_minor

    @property
    def paid_minor(self) -> int:
        """What came in and was not given back."""
        return sum(tender.amount_minor for tender in self.tenders if tender.state is TenderState.CAPTURED)

    @property
    def merchants(self) -> frozenset[MerchantId | None]:
        """Whose goods it holds; None stands for the house."""
        return frozenset(line.merchant_id for line in self.lines)

    @property
    def forgotten(self) -> bool:
        """Whether the person who bought is gone from it."""
        return self.receiver == self.receiver.without_person() and not self.remark

    def money(self, minor: int) -> Money:
        """An amount in the order's currency."""
        return Money(minor, self.currency)

    def tender(self, payment_id: PaymentId) -> OrderTender | None:
        """The tender of this payment, if the order knows it."""
        return next((tender for tender in self.tenders if tender.payment_id == payment_id), None)

    def moved(self, state: OrderState, **fields: object) -> Order:
        """The order in another state. Raises IllegalMove, which names the legal ones."""
        check_move("order", MOVES, self.state, state)
        return self.edited(state=state, **fields)

    def edited(self, **fields: object) -> Order:
        """The next version with these fields set."""
        return attrs.evolve(self, version=self.version + 1, **fields)  # type: ignore[arg-type]  # fields by name

    def with_tender(self, tender: OrderTender) -> tuple[OrderTender, ...]:
        """The tenders with this one in its place, or behind the others."""
        if self.tender(tender.payment_id) is None:
            return (*self.tenders, tender)
        return tuple(tender if one.payment_id == tender.payment_id else one for one in self.tenders)

    def tenders_as(self, state: TenderState, *, where: TenderState) -> tuple[OrderTender, ...]:
        """The tenders with those of one state in another."""
        return tuple(attrs.evolve(one, state=state) if one.state is where else one for one in self.tenders)

    def with_lines(self, changed: Mapping[int, OrderLine]) -> tuple[OrderLine, ...]:
        """The lines with these in the places of their numbers."""
        return tuple(changed.get(line.seq, line) for line in self.lines)

    def short_lines(self) -> tuple[OrderLine, ...]:
        """Paid lines that lack stock; a gift that is owed stops nothing (R-11)."""
        return tuple(line for line in self.lines if line.missing_qty and not line.is_gift)

    def unmatched_lines(self) -> tuple[OrderLine, ...]:
        """Goods of the channel that we do not know yet."""
        return tuple(line for line in self.lines if line.sku_id is None)


def born(order: Order, state: OrderState) -> Order:
    """A draft as it is first stored. Raises IllegalMove."""
    check_move("order", MOVES, order.state, state)
    check_sums(order)
    return attrs.evolve(order, state=state, version=1)


def cancelled(order: Order, state: OrderState) -> Order:
    """Ended before anything shipped, CANCELLED or EXPIRED: every open unit is cancelled, what was captured goes back.

    Raises IllegalMove. An expired order keeps its open units, because late money may revive it.
    """
    lines = order.lines if state is OrderState.EXPIRED else tuple(line.cancelled() for line in order.lines)
    tenders = order.tenders_as(TenderState.GIVEN_BACK, where=TenderState.CAPTURED)
    return order.moved(state, lines=lines, tenders=tenders, expires_at=None, confirm_at=None, hold=None)


def forget(order: Order) -> Order:
    """An order that has ended, without the person: of the receiver only the region stays, of the remark nothing."""
    assert order.state in ENDED, "the parcel still has to arrive"
    return order.edited(receiver=order.receiver.without_person(), remark="")


def check_sums(order: Order) -> None:
    """Assert M7 and M8: each line's discount is the sum of its rows, and the shares add up to the whole."""
    by_line: dict[int, int] = {}
    for row in order.discounts:
        by_line[row.line] = by_line.get(row.line, 0) + row.amount_minor
    for line in order.lines:
        assert line.discount_minor == by_line.pop(line.seq, 0), f"line {line.seq}: its discount is not the sum of its rows"
        assert not (line.is_gift and line.paid_minor), f"line {line.seq}: a gift has a price"
    assert not by_line, f"discounts on lines that are not there: {sorted(by_line)}"
    assert len({line.seq for line in order.lines}) == len(order.lines), "line numbers differ"
    paid = sum(line.paid_minor + line.freight_minor for line in order.lines)
    assert paid == order.payable_minor, "what the lines cost is what the order costs"
    Money(order.goods_minor + order.freight_minor, order.currency)  # refuses what is past any book
