"""The lists of the warehouse, each as the table that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from houtai.domain.printing.documents import (
    Company,
    CountSheet,
    GoodsLine,
    HandoverManifest,
    Invoice,
    InvoiceLine,
    OutboundSheet,
    PickList,
    SummarySheet,
    TransferSheet,
)
from houtai.domain.printing.layout import Language, Layout
from houtai.domain.printing.page import Align
from houtai.domain.printing.sheet import Column, Sheet
from houtai.domain.printing.words import word


def amount(minor: int, digits: int) -> str:
    """1234567 with two digits is 12,345.67."""
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}.{rest:0{digits}d}" if digits else f"{sign}{whole:,}"


def weight(weight_g: int) -> str:
    """1234 grams are 1.234 kg; nothing for nothing."""
    return f"{weight_g // 1000}.{weight_g % 1000:03d} kg" if weight_g else ""


def pick_list(document: PickList, layout: Layout, badge: str) -> Sheet:
    """By location in the order given, with a column for what was really taken."""
    say = _speaking(layout)
    lines = document.lines
    return Sheet(
        title=layout.title or say("pick-list"),
        number=document.wave,
        badge=badge,
        facts=(
            (say("kind"), document.kind),
            (say("warehouse"), document.warehouse),
            (say("picker"), document.picker),
            (say("orders"), str(document.orders_qty or "")),
            (say("made-on"), document.made_on),
        ),
        columns=(
            Column(say("location"), 20, bold=True),
            Column(say("sku"), 17),
            Column(say("name"), 30),
            Column(say("spec"), 17),
            Column(say("slot"), 8, Align.CENTRE, bold=True),
            Column(say("qty"), 9, Align.RIGHT, bold=True),
            Column(say("picked"), 10),
        ),
        rows=[(line.location, line.sku, line.name, _spec(line.spec, line.lot), line.slot, str(line.qty), "") for line in lines],
        total=(say("total"), "", "", "", "", str(sum(line.qty for line in lines)), ""),
        signs=(say("picker"), say("checked-by")),
    )


def outbound_sheet(document: OutboundSheet, layout: Layout, badge: str) -> Sheet:
    """What is in the parcel."""
    say = _speaking(layout)
    to = document.recipient
    return Sheet(
        title=layout.title or say("outbound-sheet"),
        number=document.number,
        badge=badge,
        facts=(
            (say("order"), document.order_no),
            (say("shop"), document.shop),
            (say("warehouse"), document.warehouse),
            (say("made-on"), document.made_on),
            (say("received-by"), f"{to.company or to.name} {to.phone}".strip()),
            (say("address"), to.address),
        ),
        columns=(
            Column(say("sku"), 20),
            Column(say("name"), 38),
            Column(say("spec"), 20),
            Column(say("unit"), 8, Align.CENTRE),
            Column(say("qty"), 10, Align.RIGHT, bold=True),
        ),
        rows=[(line.sku, line.name, _spec(line.spec, line.lot), line.unit, str(line.qty)) for line in document.lines],
        total=(say("total"), "", "", "", _sum(document.lines)),
        signs=(say("made-by"), say("checked-by"), say("packed-by")),
        remark=document.remark and f"{say('remark')}: {document.remark}",
    )


def invoice(document: Invoice, layout: Layout, badge: str) -> Sheet:
    """Prices and tax, seller and buyer."""
    say = _speaking(layout)
    digits = document.minor_digits

    return Sheet(
        title=layout.title or say("invoice"),
        number=document.number,
        badge=badge,
        facts=(
            *_company(say("seller"), document.seller, say),
            *_company(say("buyer"), document.buyer, say),
            (say("order"), document.order_no),
            (say("issued-on"), document.issued_on),
        ),
        columns=(
            Column(say("name"), 34),
            Column(say("spec"), 16),
            Column(say("unit"), 8, Align.CENTRE),
            Column(say("qty"), 8, Align.RIGHT),
            Column(say("price"), 14, Align.RIGHT),
            Column(say("amount"), 16, Align.RIGHT, bold=True),
            Column(say("tax"), 13, Align.RIGHT),
        ),
        rows=[_invoiced(line, digits) for line in document.lines],
        total=(
            say("total"),
            document.currency,
            "",
            str(sum(line.qty for line in document.lines)),
            "",
            amount(document.total_minor, digits),
            amount(sum(line.tax_minor for line in document.lines), digits),
        ),
        signs=(say("made-by"),),
        remark=document.remark and f"{say('remark')}: {document.remark}",
    )


def _company(label: str, company: Company, say: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    facts = (("tax-no", company.tax_no), ("address", company.address), ("bank", company.bank))
    return ((label, company.name), *((say(name), value) for name, value in facts))


def _invoiced(line: InvoiceLine, digits: int) -> tuple[str, ...]:
    amounts = (amount(minor, digits) for minor in (line.price_minor, line.amount_minor, line.tax_minor))
    return (line.name, line.spec, line.unit, str(line.qty), *amounts)


def manifest(document: HandoverManifest, layout: Layout, badge: str) -> Sheet:
    """Every parcel, their number and weight, and a line for the driver's name."""
    say = _speaking(layout)
    parcels = document.parcels
    return Sheet(
        title=layout.title or say("manifest"),
        number=document.number,
        badge=badge,
        facts=(
            (say("carrier"), document.carrier),
            (say("warehouse"), document.warehouse),
            (say("dock"), document.dock),
            (say("vehicle"), document.vehicle),
            (say("closed-on"), document.closed_on),
            (say("parcels"), str(len(parcels))),
        ),
        columns=(
            Column(say("lines"), 8, Align.CENTRE),
            Column(say("waybill-no"), 28, bold=True),
            Column(say("order"), 26),
            Column(say("destination"), 24),
            Column(say("weight"), 14, Align.RIGHT),
        ),
        rows=[
            (str(place), parcel.waybill, parcel.order_no, parcel.destination, weight(parcel.weight_g))
            for place, parcel in enumerate(parcels, 1)
        ],
        total=(say("total"), say("pieces-of").format(qty=len(parcels)), "", "", weight(document.weight_g)),
        signs=(say("keeper"), say("driver")),
    )


def summary(document: SummarySheet, layout: Layout, badge: str) -> Sheet:
    """The wave's goods added up."""
    say = _speaking(layout)
    return Sheet(
        title=layout.title or say("summary"),
        number=document.number,
        badge=badge,
        facts=(
            (say("warehouse"), document.warehouse),
            (say("orders"), str(document.orders_qty or "")),
            (say("made-on"), document.made_on),
        ),
        columns=(
            Column(say("location"), 18, bold=True),
            Column(say("sku"), 19),
            Column(say("name"), 32),
            Column(say("spec"), 18),
            Column(say("qty"), 10, Align.RIGHT, bold=True),
        ),
        rows=[
            (line.location, line.sku, line.name, _spec(line.spec, line.lot), f"{line.qty} {line.unit}".strip())
            for line in document.lines
        ],
        total=(say("total"), "", "", "", _sum(document.lines)),
        signs=(say("picker"), say("checked-by")),
    )


def transfer(document: TransferSheet, layout: Layout, badge: str) -> Sheet:
    """What goes from here to there, with a column for what arrived."""
    say = _speaking(layout)
    return Sheet(
        title=layout.title or say("transfer"),
        number=document.number,
        badge=badge,
        facts=(
            (say("from"), document.from_warehouse),
            (say("to"), document.to_warehouse),
            (say("made-on"), document.made_on),
            (say("reason"), document.reason),
        ),
        columns=(
            Column(say("sku"), 20),
            Column(say("name"), 34),
            Column(say("spec"), 20),
            Column(say("unit"), 8, Align.CENTRE),
            Column(say("qty"), 10, Align.RIGHT, bold=True),
            Column(say("received-qty"), 11),
        ),
        rows=[(line.sku, line.name, _spec(line.spec, line.lot), line.unit, str(line.qty), "") for line in document.lines],
        total=(say("total"), "", "", "", _sum(document.lines), ""),
        signs=(say("sent-by"), say("received-by")),
    )


def count_sheet(document: CountSheet, layout: Layout, badge: str) -> Sheet:
    """Place by place, with a column for what was found; a blind count leaves the books' column empty."""
    say = _speaking(layout)
    known = [line.book_qty for line in document.lines if line.book_qty is not None]
    return Sheet(
        title=layout.title or say("count-sheet"),
        number=document.number,
        badge=badge,
        facts=((say("warehouse"), document.warehouse), (say("reason"), document.reason), (say("made-on"), document.made_on)),
        columns=(
            Column(say("location"), 20, bold=True),
            Column(say("sku"), 18),
            Column(say("name"), 32),
            Column(say("spec"), 18),
            Column(say("book-qty"), 9, Align.RIGHT),
            Column(say("counted"), 11),
        ),
        rows=[
            (
                line.location,
                line.sku,
                line.name,
                _spec(line.spec, line.lot),
                "" if line.book_qty is None else str(line.book_qty),
                "",
            )
            for line in document.lines
        ],
        total=(say("total"), "", "", "", str(sum(known)) if len(known) == len(document.lines) else "", ""),
        signs=(say("counted-by"), say("checked-by")),
    )


class _speaking:  # noqa: N801  # reads as a verb: say = _speaking(layout)
    """The fixed words in a layout's language."""

    def __init__(self, layout: Layout) -> None:
        self._language: Language = layout.language

    def __call__(self, name: str) -> str:
        return word(name, self._language)


def _spec(spec: str, lot: str) -> str:
    return f"{spec} [{lot}]".strip() if lot else spec


def _told(qty: int | None) -> str:
    return "" if qty is None else str(qty)


def _sum(lines: Sequence[GoodsLine]) -> str:
    return str(sum(line.qty for line in lines))
