"""What can be printed, as plain records: whoever prints fills them in, and nothing here knows where the facts came from."""

from __future__ import annotations

import enum
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.money import MAX_MINOR
from houtai.domain.printing.code128 import check_scannable
from houtai.domain.printing.parties import Party
from houtai.domain.refusal import InvalidValue

MAX_ROWS: Final = 5_000
_line = limits.text(0, 200)
_name = limits.text(1, 200)
_qty = limits.between(0, limits.MAX_QTY)
_weight = limits.between(0, limits.MAX_WEIGHT_G)
_minor = limits.between(-MAX_MINOR, MAX_MINOR)
_rows = limits.at_most(MAX_ROWS, 1)


def _scannable(_: Any, attribute: attrs.Attribute[Any], value: str) -> None:
    check_scannable(attribute.name, value)


def _scannable_or_empty(_: Any, attribute: attrs.Attribute[Any], value: str) -> None:
    if value:
        check_scannable(attribute.name, value)


class DocumentKind(enum.Enum):
    """What a document is."""

    EXPRESS_WAYBILL = "express-waybill"
    PICK_LIST = "pick-list"
    OUTBOUND_SHEET = "outbound-sheet"
    INVOICE = "invoice"
    HANDOVER_MANIFEST = "handover-manifest"
    SUMMARY_SHEET = "summary-sheet"
    TRANSFER_SHEET = "transfer-sheet"
    COUNT_SHEET = "count-sheet"
    LOCATION_LABEL = "location-label"
    PRODUCT_LABEL = "product-label"
    HANDLING_UNIT_LABEL = "handling-unit-label"
    CLOUD = "cloud"  # encrypted by a carrier's platform: only its own client can draw it


class Arrow(enum.Enum):
    """Where from its label a location lies."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


@attrs.frozen(kw_only=True)
class ExpressWaybill:
    """电子面单: one parcel's label. `route_code` is the large sorting code (大头笔), `order_no` is ours."""

    waybill: str = attrs.field(validator=_scannable)
    carrier: str = attrs.field(validator=limits.text(1, 40))
    service: str = attrs.field(default="", validator=limits.text(0, 40))
    route_code: str = attrs.field(default="", validator=limits.text(0, 40))
    sort_code: str = attrs.field(default="", validator=limits.text(0, 20))
    consolidation: str = attrs.field(default="", validator=limits.text(0, 60))
    sender: Party
    recipient: Party
    goods: str = attrs.field(default="", validator=_line)
    pieces_qty: int = attrs.field(default=1, validator=limits.between(1, 999))
    weight_g: int = attrs.field(default=0, validator=_weight)
    paid_by: str = attrs.field(default="", validator=limits.text(0, 40))
    order_no: str = attrs.field(default="", validator=_scannable_or_empty)
    remark: str = attrs.field(default="", validator=_line)
    printed_on: str = attrs.field(default="", validator=limits.text(0, 40))


@attrs.frozen(kw_only=True)
class PickLine:
    """Take `qty` from `location`, in walking order; `slot` is the cart's compartment it goes into."""

    location: str = attrs.field(validator=limits.code)
    sku: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=_name)
    spec: str = attrs.field(default="", validator=_line)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    qty: int = attrs.field(validator=_qty)
    slot: str = attrs.field(default="", validator=limits.text(0, 20))


@attrs.frozen(kw_only=True)
class PickList:
    """拣货单: what a wave takes from the shelves, by location."""

    wave: str = attrs.field(validator=_scannable)
    kind: str = attrs.field(default="", validator=limits.text(0, 40))
    warehouse: str = attrs.field(default="", validator=_line)
    picker: str = attrs.field(default="", validator=limits.text(0, 60))
    orders_qty: int = attrs.field(default=0, validator=_qty)
    made_on: str = attrs.field(default="", validator=limits.text(0, 40))
    lines: tuple[PickLine, ...] = attrs.field(validator=_rows)


@attrs.frozen(kw_only=True)
class GoodsLine:
    """Some goods of a document."""

    sku: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=_name)
    spec: str = attrs.field(default="", validator=_line)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    location: str = attrs.field(default="", validator=limits.text(0, 64))
    unit: str = attrs.field(default="", validator=limits.text(0, 20))
    qty: int = attrs.field(validator=_qty)


@attrs.frozen(kw_only=True)
class OutboundSheet:
    """出库单: what leaves the warehouse for one order; lies in the parcel too."""

    number: str = attrs.field(validator=_scannable)
    order_no: str = attrs.field(default="", validator=limits.text(0, 64))
    shop: str = attrs.field(default="", validator=_line)
    warehouse: str = attrs.field(default="", validator=_line)
    recipient: Party
    remark: str = attrs.field(default="", validator=_line)
    made_on: str = attrs.field(default="", validator=limits.text(0, 40))
    lines: tuple[GoodsLine, ...] = attrs.field(validator=_rows)


@attrs.frozen(kw_only=True)
class InvoiceLine:
    """One line of an invoice; amounts in minor units, tax included in `amount_minor`."""

    name: str = attrs.field(validator=_name)
    spec: str = attrs.field(default="", validator=_line)
    unit: str = attrs.field(default="", validator=limits.text(0, 20))
    qty: int = attrs.field(validator=_qty)
    price_minor: int = attrs.field(validator=_minor)
    amount_minor: int = attrs.field(validator=_minor)
    tax_minor: int = attrs.field(default=0, validator=_minor)


@attrs.frozen(kw_only=True)
class Company:
    """A party of an invoice, shown whole: it is its own document."""

    name: str = attrs.field(validator=limits.text(1, 100))
    tax_no: str = attrs.field(default="", validator=limits.text(0, 40))
    address: str = attrs.field(default="", validator=_line)
    bank: str = attrs.field(default="", validator=_line)


@attrs.frozen(kw_only=True)
class Invoice:
    """发票清单: what was sold for how much; not the tax office's form, which only its own system prints."""

    number: str = attrs.field(validator=_scannable)
    currency: str = attrs.field(validator=attrs.validators.matches_re(r"[A-Z]{3}"))
    minor_digits: int = attrs.field(default=2, validator=limits.between(0, 4))
    seller: Company
    buyer: Company
    order_no: str = attrs.field(default="", validator=limits.text(0, 64))
    issued_on: str = attrs.field(default="", validator=limits.text(0, 40))
    remark: str = attrs.field(default="", validator=_line)
    lines: tuple[InvoiceLine, ...] = attrs.field(validator=_rows)
    total_minor: int = attrs.field(validator=_minor)

    def __attrs_post_init__(self) -> None:
        """Refuse with InvalidValue a total that is not the sum of its lines."""
        if self.total_minor != sum(line.amount_minor for line in self.lines):
            raise InvalidValue(field="total_minor", rule="must be the sum of the lines' amounts")


@attrs.frozen(kw_only=True)
class ParcelLine:
    """One parcel of a manifest."""

    waybill: str = attrs.field(validator=_scannable)
    order_no: str = attrs.field(default="", validator=limits.text(0, 64))
    destination: str = attrs.field(default="", validator=_line)
    weight_g: int = attrs.field(default=0, validator=_weight)


@attrs.frozen(kw_only=True)
class HandoverManifest:
    """交接单: the parcels that a carrier's driver signs for."""

    number: str = attrs.field(validator=_scannable)
    carrier: str = attrs.field(validator=limits.text(1, 40))
    warehouse: str = attrs.field(default="", validator=_line)
    dock: str = attrs.field(default="", validator=limits.text(0, 40))
    vehicle: str = attrs.field(default="", validator=limits.text(0, 40))
    closed_on: str = attrs.field(default="", validator=limits.text(0, 40))
    parcels: tuple[ParcelLine, ...] = attrs.field(validator=_rows)

    @property
    def weight_g(self) -> int:
        """What all parcels weigh together."""
        return sum(parcel.weight_g for parcel in self.parcels)


@attrs.frozen(kw_only=True)
class SummarySheet:
    """汇总单: the goods of a wave added up, for picking first and sorting then."""

    number: str = attrs.field(validator=_scannable)
    warehouse: str = attrs.field(default="", validator=_line)
    orders_qty: int = attrs.field(default=0, validator=_qty)
    made_on: str = attrs.field(default="", validator=limits.text(0, 40))
    lines: tuple[GoodsLine, ...] = attrs.field(validator=_rows)


@attrs.frozen(kw_only=True)
class TransferSheet:
    """调拨单: goods that go from one warehouse to another."""

    number: str = attrs.field(validator=_scannable)
    from_warehouse: str = attrs.field(validator=_name)
    to_warehouse: str = attrs.field(validator=_name)
    reason: str = attrs.field(default="", validator=_line)
    made_on: str = attrs.field(default="", validator=limits.text(0, 40))
    lines: tuple[GoodsLine, ...] = attrs.field(validator=_rows)


@attrs.frozen(kw_only=True)
class CountLine:
    """Some goods that should lie at a place; `book_qty` is None where whoever counts is not to know it."""

    location: str = attrs.field(validator=limits.code)
    sku: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=_name)
    spec: str = attrs.field(default="", validator=_line)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    book_qty: int | None = attrs.field(default=None, validator=attrs.validators.optional(_qty))


@attrs.frozen(kw_only=True)
class CountSheet:
    """盘点单: what to count where, with room for what was found."""

    number: str = attrs.field(validator=_scannable)
    warehouse: str = attrs.field(default="", validator=_line)
    reason: str = attrs.field(default="", validator=_line)
    made_on: str = attrs.field(default="", validator=limits.text(0, 40))
    lines: tuple[CountLine, ...] = attrs.field(validator=_rows)


@attrs.frozen(kw_only=True)
class LocationLabel:
    """A place's label: its scannable code, its path in large letters, and the check digits that a picker may have to say."""

    code: str = attrs.field(validator=_scannable)
    path: str = attrs.field(validator=limits.text(1, 40))
    zone: str = attrs.field(default="", validator=limits.text(0, 40))
    check: str = attrs.field(default="", validator=limits.text(0, 8))
    arrow: Arrow = Arrow.NONE


@attrs.frozen(kw_only=True)
class ProductLabel:
    """A label for one piece."""

    barcode: str = attrs.field(validator=_scannable)
    sku: str = attrs.field(validator=limits.code)
    name: str = attrs.field(validator=_name)
    spec: str = attrs.field(default="", validator=_line)
    lot: str = attrs.field(default="", validator=limits.text(0, 64))
    made_on: str = attrs.field(default="", validator=limits.text(0, 20))
    expires_on: str = attrs.field(default="", validator=limits.text(0, 20))


@attrs.frozen(kw_only=True)
class HandlingUnitLabel:
    """A pallet's, carton's or tote's licence plate."""

    lpn: str = attrs.field(validator=_scannable)
    kind: str = attrs.field(default="", validator=limits.text(0, 40))
    warehouse: str = attrs.field(default="", validator=_line)
    contents: str = attrs.field(default="", validator=_line)
    destination: str = attrs.field(default="", validator=_line)
    weight_g: int = attrs.field(default=0, validator=_weight)


@attrs.frozen(kw_only=True)
class CloudDocument:
    """A label as a carrier's platform gave it, encrypted for its own print client: it goes on as it came."""

    waybill: str = attrs.field(validator=_scannable)
    platform: str = attrs.field(validator=limits.code)
    content: str = attrs.field(validator=limits.text(1, 200_000), repr=False)


Document = (
    ExpressWaybill
    | PickList
    | OutboundSheet
    | Invoice
    | HandoverManifest
    | SummarySheet
    | TransferSheet
    | CountSheet
    | LocationLabel
    | ProductLabel
    | HandlingUnitLabel
    | CloudDocument
)

TYPES: Final[dict[DocumentKind, type[Any]]] = {
    DocumentKind.EXPRESS_WAYBILL: ExpressWaybill,
    DocumentKind.PICK_LIST: PickList,
    DocumentKind.OUTBOUND_SHEET: OutboundSheet,
    DocumentKind.INVOICE: Invoice,
    DocumentKind.HANDOVER_MANIFEST: HandoverManifest,
    DocumentKind.SUMMARY_SHEET: SummarySheet,
    DocumentKind.TRANSFER_SHEET: TransferSheet,
    DocumentKind.COUNT_SHEET: CountSheet,
    DocumentKind.LOCATION_LABEL: LocationLabel,
    DocumentKind.PRODUCT_LABEL: ProductLabel,
    DocumentKind.HANDLING_UNIT_LABEL: HandlingUnitLabel,
    DocumentKind.CLOUD: CloudDocument,
}
WAYBILLS: Final = frozenset({DocumentKind.EXPRESS_WAYBILL, DocumentKind.CLOUD})


def kind_of(document: Document) -> DocumentKind:
    """What this document is."""
    return next(kind for kind, type_ in TYPES.items() if type(document) is type_)


def subject_of(document: Document) -> str:
    """The number that people call the document by, which is also its largest bar code."""
    for name in ("waybill", "wave", "number", "code", "barcode", "lpn"):
        if value := getattr(document, name, ""):
            return str(value)
    raise TypeError(type(document).__name__)
