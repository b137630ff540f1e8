"""From a document and its look to the marks on its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from houtai.domain.printing import labels, sheets, waybill
from houtai.domain.printing.documents import Document, DocumentKind, kind_of
from houtai.domain.printing.layout import Layout, check_layout
from houtai.domain.printing.page import Page
from houtai.domain.printing.sheet import Sheet, pages_of_sheet
from houtai.domain.printing.words import word
from houtai.domain.refusal import InvalidValue

SHEETS: Final[dict[DocumentKind, Callable[[Any, Layout, str], Sheet]]] = {
    DocumentKind.PICK_LIST: sheets.pick_list,
    DocumentKind.OUTBOUND_SHEET: sheets.outbound_sheet,
    DocumentKind.INVOICE: sheets.invoice,
    DocumentKind.HANDOVER_MANIFEST: sheets.manifest,
    DocumentKind.SUMMARY_SHEET: sheets.summary,
    DocumentKind.TRANSFER_SHEET: sheets.transfer,
    DocumentKind.COUNT_SHEET: sheets.count_sheet,
}
LABELS: Final[dict[DocumentKind, Callable[[Any, Layout, str], Page]]] = {
    DocumentKind.EXPRESS_WAYBILL: waybill.page_of_waybill,
    DocumentKind.LOCATION_LABEL: labels.page_of_location,
    DocumentKind.PRODUCT_LABEL: labels.page_of_product,
    DocumentKind.HANDLING_UNIT_LABEL: labels.page_of_handling_unit,
}


def badge_of(layout: Layout, reprint_no: int) -> str:
    """What stands on a reprint, so that a second label is never taken for a second parcel; empty on a first print."""
    return f"{word('reprint', layout.language)} {reprint_no}" if reprint_no else ""


def sheet_of(document: Document, layout: Layout, reprint_no: int = 0) -> Sheet:
    """The list that a document is. Raises InvalidValue for one that is a label."""
    kind = kind_of(document)
    if kind not in SHEETS:
        raise InvalidValue(field="kind", rule=f"{kind.value} is no list")
    return SHEETS[kind](document, layout, badge_of(layout, reprint_no))


def pages_of(document: Document, layout: Layout, reprint_no: int = 0) -> tuple[Page, ...]:
    """The pages of a document. Raises InvalidValue for a paper it is not laid out for, and for what only a platform draws."""
    kind = kind_of(document)
    check_layout(kind, layout)
    if kind in LABELS:
        return (LABELS[kind](document, layout, badge_of(layout, reprint_no)),)
    if kind in SHEETS:
        return pages_of_sheet(sheet_of(document, layout, reprint_no), layout)
    raise InvalidValue(field="kind", rule="a platform's label is drawn by its own client only")
