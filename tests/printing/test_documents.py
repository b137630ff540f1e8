"""What documents refuse, and what a label hides."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.application.plain import from_plain, to_plain
from houtai.domain.moves import terminal
from houtai.domain.printing.documents import TYPES, CountSheet, DocumentKind, Invoice, PickList, kind_of, subject_of
from houtai.domain.printing.draw import sheet_of
from houtai.domain.printing.job import JOB_MOVES, JobState
from houtai.domain.printing.layout import Layout, Size
from houtai.domain.printing.parties import Party, address_on_label, phone_on_label
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.printing.sheets import amount
from houtai.domain.refusal import InvalidValue
from tests.printing.samples import SAMPLES


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.value)
def test_a_document_survives_being_stored(kind: DocumentKind) -> None:
    document = SAMPLES[kind]
    assert from_plain(to_plain(document), TYPES[kind]) == document
    assert (kind_of(document), bool(subject_of(document))) == (kind, True)


def test_a_label_hides_name_phone_and_room() -> None:
    party = Party("王小明", "13812345678", "浙江省杭州市西湖区文三路 100 号 3 幢 2 单元 501 室")
    assert (party.name, party.phone, party.address) == (
        "王**",
        "138******78",
        "浙江省杭州市西湖区文三路 100 号 * 幢 * 单元 * 室",
    )


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("阳光小区3-2-501", "阳光小区*"),
        ("中山路88号", "中山路88号"),
        ("中山路88号 1203", "中山路88号*"),
        ("龙井路 88 号 2 幢 301", "龙井路 88 号 * 幢*"),
        ("文三路 9 号 3 单元 501", "文三路 9 号 * 单元*"),
        ("世纪大道 100 号环球中心 B 座 22 层", "世纪大道 100 号环球中心 * 座 * 层"),
    ],
)
def test_the_street_stays_and_the_room_goes(address: str, shown: str) -> None:
    assert address_on_label(address) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_hidden_phone_stays_as_it_is_and_shows_five_digits(phone: str) -> None:
    hidden = phone_on_label(phone)
    assert (phone_on_label(hidden), sum(sign.isdecimal() for sign in hidden)) == (hidden, 5)


def test_a_blind_count_shows_nothing_of_the_books_and_an_open_one_their_sum() -> None:
    told = SAMPLES[DocumentKind.COUNT_SHEET]
    assert isinstance(told, CountSheet)
    blind = attrs.evolve(told, lines=tuple(attrs.evolve(line, book_qty=None) for line in told.lines))
    assert {row[4] for row in sheet_of(blind, Layout(Size.A4)).rows} == {""}
    assert (sheet_of(told, Layout(Size.A4)).total[4], sheet_of(blind, Layout(Size.A4)).total[4]) == ("18", "")


def test_an_invoice_is_the_sum_of_its_lines() -> None:
    invoice = SAMPLES[DocumentKind.INVOICE]
    assert isinstance(invoice, Invoice)
    with pytest.raises(InvalidValue, match="total_minor"):
        attrs.evolve(invoice, total_minor=invoice.total_minor + 1)


@pytest.mark.parametrize(
    ("minor", "digits", "text"), [(1_234_567, 2, "12,345.67"), (-5, 2, "-0.05"), (1_500, 0, "1,500"), (0, 2, "0.00")]
)
def test_amounts_are_written_with_their_digits(minor: int, digits: int, text: str) -> None:
    assert amount(minor, digits) == text


def test_a_list_without_lines_is_refused() -> None:
    with pytest.raises(InvalidValue, match="lines"):
        PickList(wave="W-1", lines=())


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"dpi": 204}, "dpi"),
        ({"sizes": ()}, "sizes"),
        ({"address": "host:0"}, "address"),
        ({"address": "host:65536"}, "address"),
        ({"transport": Transport.CUPS, "address": "-o raw"}, "address"),
        ({"transport": Transport.FILE, "address": "../etc"}, "address"),
        ({"transport": Transport.IPP, "address": "http://host/"}, "address"),
        ({"transport": Transport.CLOUD, "address": "cainiao"}, "language"),
        ({"language": PrinterLanguage.ESC_POS}, "sizes"),
    ],
)
def test_a_printer_that_cannot_be_is_refused(more: dict[str, Any], field: str) -> None:
    fields = {"language": PrinterLanguage.PDF, "transport": Transport.RAW, "address": "host", "sizes": (Size.A4,), **more}
    with pytest.raises(InvalidValue, match=field):
        PrinterConfiguration(**fields)


def test_only_paper_and_cancellation_end_a_job() -> None:
    assert terminal(JOB_MOVES) == {JobState.DONE, JobState.CANCELLED}
