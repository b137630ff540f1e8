"""The express waybill as couriers know it: sorting code in the largest letters, bar code above, parties, and a stub below."""

from __future__ import annotations

from houtai.domain.printing.documents import ExpressWaybill
from houtai.domain.printing.layout import Language, Layout
from houtai.domain.printing.page import Align, Bars, Box, Mark, Page, Qr, Rule, Text
from houtai.domain.printing.parties import Party
from houtai.domain.printing.sheets import weight
from houtai.domain.printing.words import word

EDGE = 30


def page_of_waybill(document: ExpressWaybill, layout: Layout, badge: str) -> Page:
    """One label; all its heights are shares of the paper's."""
    width, height = (side * 10 for side in layout.size.mm)
    row = height // 15
    left, right, inner = EDGE, width - EDGE, width - 2 * EDGE
    marks: list[Mark] = [
        Box(left, EDGE, inner, height - 2 * EDGE, width=4),
        *_top(document, layout, badge, width, row),
        Rule(left, row * 2, right, row * 2, 3),
        *_sorting(document, layout, width, row * 2, row * 2),
        Rule(left, row * 4, right, row * 4, 3),
        Bars(left + 10, row * 4 + 20, inner - 20, row * 2 - 90, document.waybill),
        Text(left, row * 6 - 60, inner, 44, document.waybill, bold=True, align=Align.CENTRE),
        Rule(left, row * 6, right, row * 6, 3),
        *_party("recipient", document.recipient, layout, width, row * 6, row * 2, large=True),
        Rule(left, row * 8, right, row * 8, 2),
        *_party("sender", document.sender, layout, width, row * 8, row * 3 // 2, large=False),
        Rule(left, row * 19 // 2, right, row * 19 // 2, 3),
        *_goods(document, layout, width, row * 19 // 2, row * 5 // 2),
        Rule(0, row * 12, width, row * 12, 3, dashed=True),
        *_stub(document, layout, width, row * 12, height - EDGE),
    ]
    return Page(width, height, tuple(marks))


def _top(document: ExpressWaybill, layout: Layout, badge: str, width: int, row: int) -> list[Mark]:
    half = (width - 2 * EDGE) // 2
    printed = document.printed_on and f"{word('printed-on', layout.language)} {document.printed_on}"
    marks: list[Mark] = [
        Text(EDGE + 20, EDGE + 25, half, 66, layout.title or document.carrier, bold=True),
        Text(EDGE + half, EDGE + 25, half - 20, 46, document.service, bold=True, align=Align.RIGHT),
        Text(EDGE + half, EDGE + 85, half - 20, 24, printed, align=Align.RIGHT),
    ]
    if badge:
        marks += [
            Box(EDGE + 20, row * 2 - 58, 240, 46, filled=True),
            Text(EDGE + 20, row * 2 - 51, 240, 34, badge, bold=True, align=Align.CENTRE, white=True),
        ]
    return marks


def _sorting(document: ExpressWaybill, layout: Layout, width: int, y: int, h: int) -> list[Mark]:
    inner = width - 2 * EDGE
    gathered = document.consolidation and f"{word('consolidation', layout.language)} {document.consolidation}"
    marks: list[Mark] = [
        Text(EDGE + 20, y + 15, inner * 3 // 4 - 40, h * 11 // 20, document.route_code, bold=True),
        Text(EDGE + 20, y + h - 58, inner * 3 // 4 - 40, 40, gathered),
    ]
    if document.sort_code:
        x = EDGE + inner * 3 // 4
        marks += [
            Rule(x, y, x, y + h, 2),
            Text(x + 10, y + h // 4, inner // 4 - 20, h // 2, document.sort_code, bold=True, align=Align.CENTRE),
        ]
    return marks


def _party(name: str, party: Party, layout: Layout, width: int, y: int, h: int, *, large: bool) -> list[Mark]:
    chinese = layout.language is Language.CHINESE
    size, small = (46, 40) if large else (32, 28)
    who = " ".join(part for part in (party.company, party.name, party.phone) if part)
    x, inner = EDGE + 110, width - 2 * EDGE - 130
    return [
        Box(EDGE + 15, y + h // 2 - 38, 76, 76, filled=large, width=4),
        Text(
            EDGE + 18,
            y + h // 2 - (25 if chinese else 14),
            70,
            50 if chinese else 26,
            word(name, layout.language),
            bold=True,
            align=Align.CENTRE,
            white=large,
        ),
        Text(x, y + 15, inner, size, who, bold=True),
        Text(x, y + 25 + size, inner, small, party.address, lines=2, bold=large),
    ]


def _goods(document: ExpressWaybill, layout: Layout, width: int, y: int, h: int) -> list[Mark]:
    side = h - 30
    facts = [
        ("goods", document.goods),
        ("pieces", str(document.pieces_qty)),
        ("weight", weight(document.weight_g)),
        ("paid-by", document.paid_by),
        ("order", document.order_no),
        ("remark", document.remark),
    ]
    marks: list[Mark] = [Qr(width - EDGE - side - 15, y + 15, side, document.waybill)]
    shown = [(name, value) for name, value in facts if value]
    step = min(46, (h - 20) // max(1, len(shown)))
    for place, (name, value) in enumerate(shown):
        text = f"{word(name, layout.language)}: {value}"
        marks.append(Text(EDGE + 20, y + 12 + place * step, width - 2 * EDGE - side - 60, min(30, step - 6), text))
    return marks


def _stub(document: ExpressWaybill, layout: Layout, width: int, y: int, bottom: int) -> list[Mark]:
    inner, h = width - 2 * EDGE, bottom - y
    to = document.recipient
    who = " ".join(part for part in (to.company, to.name, to.phone) if part)
    wide = inner * 3 // 5
    sign = word("signature", layout.language)
    return [
        Bars(EDGE + 10, y + 20, wide, h // 2 - 40, document.waybill),
        Text(EDGE + 10, y + h // 2 - 15, wide, 30, document.waybill, align=Align.CENTRE),
        Text(EDGE + wide + 25, y + 25, inner - wide - 40, 34, document.carrier, bold=True),
        Text(EDGE + wide + 25, y + 70, inner - wide - 40, 26, layout.footer, lines=3),
        Text(EDGE + 20, y + h // 2 + 26, wide, 28, who),
        Text(EDGE + 20, y + h // 2 + 60, wide, 22, to.address, lines=2),
        Text(EDGE + wide + 25, y + h // 2 + 30, inner - wide - 40, 28, f"{sign}:"),
        Text(EDGE + wide + 25, bottom - 45, inner - wide - 40, 26, f"{word('signed-on', layout.language)}:"),
    ]
