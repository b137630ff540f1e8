"""Reading orders: the list, one order, its timeline. Receivers always masked; a merchant sees only its own lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.masking import MASK_KEY
from houtai.application.orders.ports import OrderFilter, OrdersViews
from houtai.application.orders.reach import filter_within, lines_seen, within_reach
from houtai.application.paging import Page, Slice
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.timeline import TimelineEntry
from houtai.domain.act import Act
from houtai.domain.customers.mask import masked_address, masked_name, masked_phone
from houtai.domain.ids import ChannelId, CustomerId, OrderId
from houtai.domain.orders.hold import Hold
from houtai.domain.orders.line import DiscountRow, OrderLine
from houtai.domain.orders.order import FrozenPromotion, Order
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import OrderTender
from houtai.domain.refusal import NotFound

READ = "orders.read"


@attrs.frozen
class ReceiverView:
    """A receiver as lists show it. Grants may hide what is left as well; the whole needs `reveal_receiver` with a reason."""

    name: str = attrs.field(metadata={MASK_KEY: "name"})
    phone: str = attrs.field(metadata={MASK_KEY: "phone"})
    address: str = attrs.field(metadata={MASK_KEY: "address"})


@attrs.frozen
class OrderRow:
    """An order as a list shows it. Amounts are those of the lines within the actor's reach; so is the count of lines."""

    id: OrderId
    number: str
    external_id: str
    channel_id: ChannelId
    customer_id: CustomerId | None
    state: OrderState
    placed_at: dt.datetime
    lines: int
    currency: str
    payable_minor: int
    receiver: ReceiverView
    queue: str
    rules: tuple[str, ...]
    due_at: dt.datetime | None
    version: int


@attrs.frozen
class OrderView:
    """An order with everything that is frozen on it. `whole` is False where lines of other merchants are left out.

    Amounts are those of the lines shown. Tenders, promotions and remark are shown only with the whole order.
    """

    row: OrderRow
    lines: tuple[OrderLine, ...]
    discounts: tuple[DiscountRow, ...]
    goods_minor: int
    discount_minor: int
    freight_minor: int
    payable_minor: int
    whole: bool
    promotions: tuple[FrozenPromotion, ...]
    tenders: tuple[OrderTender, ...]
    paid_minor: int
    member_level: str
    remark: str = attrs.field(metadata={MASK_KEY: "remark"})
    quote_digest: str
    audit_version: int
    hold: Hold | None
    expires_at: dt.datetime | None
    paid_at: dt.datetime | None
    confirm_at: dt.datetime | None


@attrs.frozen
class ListOrders:
    """Which orders, newest first. The reach in `where` is set by the query itself, to what the actor's grants allow."""

    where: OrderFilter = OrderFilter()  # noqa: RUF009  # frozen
    page: Page = Page()  # noqa: RUF009  # frozen


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def list_orders(views: OrdersViews, query: ListOrders, act: Act) -> Slice[OrderRow]:
    """Orders of the channels and with the goods of the merchants that the actor may see, receivers masked."""
    where = filter_within(act, READ, query.where)
    if where is None:
        return Slice(())
    found = views.find_orders(query.page, where)
    seen = ((order, lines_seen(act, READ, order)) for order in found.items)
    return Slice(tuple(_row(order, lines) for order, lines in seen if lines), found.next_cursor)


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def show_order(views: OrdersViews, query: OrderId, act: Act) -> OrderView:
    """One order with its lines, discounts and sums. Raises NotFound, also where it lies outside the actor's reach."""
    order = _known(views, query, act)
    lines = lines_seen(act, READ, order)
    whole = len(lines) == len(order.lines)
    shown = {line.seq for line in lines}
    return OrderView(
        row=_row(order, lines),
        lines=tuple(lines),
        discounts=tuple(row for row in order.discounts if row.line in shown),
        goods_minor=sum(line.gross_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        freight_minor=sum(line.freight_minor for line in lines),
        payable_minor=_payable(lines),
        whole=whole,
        promotions=order.promotions if whole else (),
        tenders=order.tenders if whole else (),
        paid_minor=order.paid_minor if whole else 0,
        member_level=order.member_level,
        remark=order.remark if whole else "",
        quote_digest=order.quote_digest,
        audit_version=order.audit_version,
        hold=order.hold if whole else None,
        expires_at=order.expires_at,
        paid_at=order.paid_at,
        confirm_at=order.confirm_at,
    )


@needs(READ, along=(CHANNEL, MERCHANT), own=True)
def order_timeline(views: OrdersViews, query: OrderId, act: Act) -> tuple[TimelineEntry, ...]:
    """Everything that happened to the order, in order, notes included. Raises NotFound as `show_order` does.

    Whoever sees only some of its lines sees what happened, not the details.
    """
    order = _known(views, query, act)
    entries = sorted(views.timeline.by(OF_DOCUMENT, order.id), key=lambda entry: entry.version)
    if len(lines_seen(act, READ, order)) == len(order.lines):
        return tuple(entries)
    return tuple(attrs.evolve(entry, reason="", details={}) for entry in entries if entry.event != "note")


def _known(views: OrdersViews, order_id: OrderId, act: Act) -> Order:
    order = views.orders.get(order_id)
    if not within_reach(act, READ, order):
        raise NotFound(what="order", key=str(order_id))
    return order


def _payable(lines: Sequence[OrderLine]) -> int:
    return sum(line.paid_minor + line.freight_minor for line in lines)


def _row(order: Order, lines: Sequence[OrderLine]) -> OrderRow:
    hold = order.hold
    return OrderRow(
        id=order.id,
        number=order.number,
        external_id=order.external_id,
        channel_id=order.channel_id,
        customer_id=order.customer_id,
        state=order.state,
        placed_at=order.placed_at,
        lines=len(lines),
        currency=order.currency,
        payable_minor=_payable(lines),
        receiver=ReceiverView(
            name=masked_name(order.receiver.recipient),
            phone=masked_phone(order.receiver.phone),
            address=masked_address(order.receiver),
        ),
        queue="" if hold is None else hold.queue,
        rules=() if hold is None else hold.rules,
        due_at=None if hold is None else hold.due_at,
        version=order.version,
    )
