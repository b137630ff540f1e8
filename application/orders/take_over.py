"""Taking over what a channel has sold and collected: booked once, as the channel says, with whatever does not fit (OMS-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs

from houtai.application.catalog.ports import SKU_BY_CODE
from houtai.application.catalog.sellable import load_skus
from houtai.application.inventory.reserve import pool_of, reserve_what_there_is
from houtai.application.numbers import next_number
from houtai.application.orders.audit import audit, halt
from houtai.application.orders.cases import close_cases, open_about
from houtai.application.orders.commission import cite_commissions
from houtai.application.orders.hold import go_on
from houtai.application.orders.ports import ORDER_BY_EXTERNAL, OrdersTx
from houtai.application.orders.reach import demand_order
from houtai.application.orders.secure import reserved_by_line, wants
from houtai.application.payments.request import record_captured
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.pricing.book import sheets_of
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.catalog.channel import Channel
from houtai.domain.customers.customer import Address, CustomerState
from houtai.domain.ids import ChannelId, CustomerId, OrderId, PaymentId, derive
from houtai.domain.money import MAX_MINOR
from houtai.domain.orders import importing
from houtai.domain.orders.events import OrderPaid
from houtai.domain.orders.hold import AMOUNT_DIFFERS, UNMATCHED_GOODS, Finding
from houtai.domain.orders.importing import ChannelDiscount, ChannelLine, ChannelPayment, Known
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order, born
from houtai.domain.orders.refusals import ImportDiffers
from houtai.domain.orders.state import OrderState
from houtai.domain.orders.tender import MAX_PARTS, OrderTender, TenderState
from houtai.domain.payments.case import CaseKind
from houtai.domain.payments.payment import Tender
from houtai.domain.refusal import AlreadyExists, CurrencyMismatch

_PERSONAL = {SECRET: True}


@attrs.frozen
class ImportChannelOrder:
    """A paid order as the channel pushed it, under the channel's own number `external_id`.

    Prices, discounts and freight are what the channel charged. `sold_at` is its clock's time of the sale.
    """

    order: OrderId
    channel: ChannelId
    external_id: str = attrs.field(validator=limits.text(1, 128))
    currency: str
    lines: tuple[ChannelLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    payments: tuple[ChannelPayment, ...] = attrs.field(validator=limits.at_most(MAX_PARTS))
    sold_at: dt.datetime = attrs.field(validator=limits.aware)
    receiver: Address = attrs.field(metadata=_PERSONAL)
    freight_minor: int = attrs.field(default=0, validator=limits.between(0, MAX_MINOR))
    discounts: tuple[ChannelDiscount, ...] = attrs.field(default=(), validator=limits.at_most(20))
    customer: CustomerId | None = None
    remark: str = attrs.field(default="", validator=limits.text(0, 500), metadata=_PERSONAL)


@needs("orders.import", along=(CHANNEL,))
def import_channel_order(tx: OrdersTx, cmd: ImportChannelOrder, act: Act) -> Order:
    """Book the order; it is never refused for lack of stock, for goods that we do not know, or for an amount that differs.

    The same push again, at the same time too, is the first order. Raises ImportDiffers where it comes with other contents,
    CurrencyMismatch, InvalidValue for discounts over the price, NotFound, Forbidden.
    """
    act.demand("orders.import", Scope(channel=cmd.channel))
    channel = tx.channels.get(cmd.channel)
    digest = importing.digest_of(cmd.lines, cmd.discounts, cmd.payments, cmd.freight_minor)
    earlier = tx.orders.first(ORDER_BY_EXTERNAL, (cmd.channel, cmd.external_id))
    if earlier is not None:
        demand_order(act, "orders.import", earlier)
        if earlier.quote_digest != digest:
            raise ImportDiffers(external_id=cmd.external_id, number=earlier.number)
        return earlier
    if tx.orders.find(cmd.order) is not None:
        raise AlreadyExists(what="order", key=str(cmd.order))
    if cmd.currency != channel.currency:
        raise CurrencyMismatch(left=channel.currency, right=cmd.currency)
    order = born(_draft(tx, cmd, channel, digest, act), OrderState.PAID)
    order = _reserve(tx, order, order.lines, act, sold_at=cmd.sold_at)
    tx.orders.add(order)
    write_line(tx, act, "order", order, "imported", before=None, details={"external_id": cmd.external_id})
    _book(tx, order, cmd.payments, channel, act)
    return _go_on(tx, order, act)


@attrs.frozen
class MatchGoods:
    """Look once more for what an order's unknown goods are, after they were bound."""

    order: OrderId


@needs("orders.import", along=(CHANNEL, MERCHANT), own=True)
def match_goods(tx: OrdersTx, cmd: MatchGoods, act: Act) -> Order:
    """Give unknown lines their SKUs by the channel's bindings, reserve for them, and let the order go on once all are known.

    What is bound to nothing yet stays as it is. Raises NotFound, Forbidden.
    """
    order = tx.orders.lock_one(cmd.order)
    demand_order(act, "orders.import", order)
    unmatched = order.unmatched_lines()
    goods = identify(tx, order.channel_id, [(line.external_id, line.sku_code) for line in unmatched], order.currency, act.at)
    last = max(line.seq for line in order.lines)
    found: dict[int, importing.Laid] = {}
    for line, known in zip(unmatched, goods, strict=True):
        if known is not None:
            rows = [row for row in order.discounts if row.line == line.seq]
            found[line.seq] = importing.identified(line, rows, known, last + 1)
            last = max(last, *(one.seq for one in found[line.seq].lines))
    if not found or order.hold is None:
        return order
    lines = [new for line in order.lines for new in (found[line.seq].lines if line.seq in found else (line,))]
    rows = [row for row in order.discounts if row.line not in found] + [row for laid in found.values() for row in laid.rows]
    rest = order.hold.findings if len(found) < len(unmatched) else order.hold.without(UNMATCHED_GOODS)
    hold = attrs.evolve(order.hold, findings=rest) if rest else order.hold
    lines = list(cite_commissions(tx, lines, order.placed_at))
    matched = order.edited(lines=tuple(lines), discounts=tuple(rows), hold=hold)
    numbers = {line.seq for laid in found.values() for line in laid.lines}
    new = [line for line in lines if line.seq in numbers]
    matched = _reserve(tx, matched, new, act, sold_at=order.placed_at)
    tx.orders.save(matched)
    write_line(tx, act, "order", matched, "matched", before=order.state, details={"lines": sorted(found)})
    if len(found) == len(unmatched):
        close_cases(tx, order.id, "the goods are bound", act, CaseKind.UNMATCHED_GOODS)
    return matched if rest else go_on(tx, matched, "resumed", act)


def identify(
    tx: OrdersTx, channel_id: ChannelId, items: Sequence[tuple[str, str]], currency: str, at: dt.datetime
) -> list[Known | None]:
    """Which of our goods each pair of a channel's item and merchant code is: by binding, else by our code, else None."""
    bound = tx.bindings.many({(channel_id, item) for item, _ in items if item})
    found = [None if (one := bound.get((channel_id, item))) is None else one.sku_id for item, _ in items]
    codes = {code for (_, code), sku_id in zip(items, found, strict=True) if code and sku_id is None}
    by_code = {sku.code: sku.id for sku in tx.skus.by(SKU_BY_CODE, *sorted(codes))} if codes else {}
    ids = [sku_id or by_code.get(code) for (_, code), sku_id in zip(items, found, strict=True)]
    skus = load_skus(tx, [sku_id for sku_id in ids if sku_id is not None], missing_ok=True)
    listed = {
        sku_id: price.amount_minor
        for sku_id, sheet in sheets_of(tx, skus).items()
        if (price := sheet.in_force(currency, None, "", at)) is not None
    }
    return [None if sku_id is None or sku_id not in skus else Known(skus[sku_id], skus, listed) for sku_id in ids]


def _draft(tx: OrdersTx, cmd: ImportChannelOrder, channel: Channel, digest: str, act: Act) -> Order:
    goods = identify(tx, cmd.channel, [(line.item, line.sku_code) for line in cmd.lines], cmd.currency, cmd.sold_at)
    laid = importing.take_off(importing.lay(cmd.lines, goods, cmd.channel), cmd.discounts, cmd.channel)
    tenders = [
        OrderTender(_payment_id(cmd.order, place), payment.method, payment.amount_minor, TenderState.CAPTURED)
        for place, payment in enumerate(cmd.payments)
        if payment.amount_minor
    ]
    buyer = None if cmd.customer is None else tx.customers.get(cmd.customer)
    if buyer is not None and buyer.state is CustomerState.ERASED:
        buyer = None  # who was erased is nobody's customer any more, and the channel's sale stands all the same
    return Order(
        id=cmd.order,
        channel_id=cmd.channel,
        currency=channel.currency,
        placed_at=cmd.sold_at,
        lines=cite_commissions(tx, importing.carry(laid.lines, cmd.freight_minor), cmd.sold_at),
        receiver=cmd.receiver,
        discounts=laid.rows,
        tenders=tuple(tenders),
        customer_id=None if buyer is None else buyer.id,
        member_level="" if buyer is None else buyer.member_level,
        remark=cmd.remark,
        external_id=cmd.external_id,
        quote_digest=digest,
        paid_at=act.at,
        number=next_number(tx, "SO", act.at),
    )


def _payment_id(order_id: OrderId, place: int) -> PaymentId:
    return PaymentId(derive(order_id, "channel-payment", place))


def _reserve(tx: OrdersTx, order: Order, lines: Iterable[OrderLine], act: Act, *, sold_at: dt.datetime) -> Order:
    """Reserve what there is for these lines; what is not there is an oversell, and a shortage of the line (G-20)."""
    lines = tuple(lines)
    asked = wants(lines)
    if not asked:
        return order
    pool = pool_of(tx, order.channel_id)
    _, short = reserve_what_there_is(tx, order.id, asked, pool, act, channel_id=order.channel_id, sold_at=sold_at)
    if not short:
        return order
    got = reserved_by_line(tx, order.id)
    known = [line for line in lines if line.sku_id is not None]
    return attrs.evolve(
        order, lines=order.with_lines({line.seq: line.short_of(line.open_qty - got.get(line.seq, 0)) for line in known})
    )


def _book(tx: OrdersTx, order: Order, payments: Sequence[ChannelPayment], channel: Channel, act: Act) -> None:
    """The channel holds the money for us: Dr channel clearing (or subsidy receivable), Cr customer deposits."""
    for place, payment in enumerate(payments):
        if payment.amount_minor:
            record_captured(
                tx,
                payment_id=_payment_id(order.id, place),
                order_id=order.id,
                amount=order.money(payment.amount_minor),
                provider=channel.code,
                act=act,
                tender=Tender.SUBSIDY if payment.subsidy else Tender.CHANNEL,
                ref=f"{order.external_id}/{place + 1}",
                channel_id=order.channel_id,
                customer_id=order.customer_id,
            )


def _go_on(tx: OrdersTx, order: Order, act: Act) -> Order:
    """To the exceptions with what does not fit, each with its case (G-15); else before the audit rules."""
    findings = []
    if order.paid_minor != order.payable_minor:
        text = f"the channel collected {order.money(order.paid_minor)}, the lines come to {order.money(order.payable_minor)}"
        findings.append((Finding(AMOUNT_DIFFERS, text), CaseKind.CHANNEL_AMOUNT, "finance"))
    if unmatched := order.unmatched_lines():
        named = ", ".join(line.external_id or line.sku_code or line.title for line in unmatched)
        findings.append((Finding(UNMATCHED_GOODS, f"bound to no SKU: {named}"[:500]), CaseKind.UNMATCHED_GOODS, "catalog"))
    if not findings:
        tx.emit(OrderPaid(order.id, order.channel_id))
        return audit(tx, order, act)
    for finding, kind, _ in findings:
        open_about(tx, kind, order, {"found": finding.text}, act)
    stopped = tuple(finding for finding, _, _ in findings)
    return halt(tx, order, OrderState.EXCEPTION, stopped, act, queue=findings[0][2])
