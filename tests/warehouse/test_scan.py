"""Scans: every character counts, a broken code is never half used, and the three errors are three (warehouse notes 1.3, 2.2)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from houtai.domain.catalog.barcode import check_digit
from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.gs1 import SEPARATOR, BrokenGs1, day_of, parse_gs1
from houtai.domain.warehouse.scan import (
    MAX_SCAN,
    AmbiguousScan,
    BarcodeNotFound,
    Confirming,
    Finer,
    Match,
    ScanKind,
    UnreadableScan,
    WrongRecord,
    choose,
    classify,
    confirm,
)

GTIN14 = "09501101530003"
TODAY = dt.date(2026, 11, 22)
OWN = {
    "L-A-03-02-1": ScanKind.LOCATION,
    "H-000123": ScanKind.UNIT,
    "W-20261122-7": ScanKind.WAVE,
    "S-0042": ScanKind.STAFF,
    "C-DONE": ScanKind.COMMAND,
}


@pytest.mark.parametrize("text", OWN)
def test_our_own_codes_say_what_they_are(text: str) -> None:
    assert classify(text).kind is OWN[text]
    assert classify(text.lower()).text == text


@pytest.mark.parametrize("command", Command)
def test_every_command_on_the_bench_is_known(command: Command) -> None:
    assert classify(command.barcode).command is command


def test_an_unknown_command_does_nothing() -> None:
    with pytest.raises(BarcodeNotFound):
        classify("C-EXPLODE")


@pytest.mark.parametrize("text", ["6901234567892", "96385074", "036000291452", "19501101530000"])
def test_a_product_code_is_known_by_its_check_digit(text: str) -> None:
    assert classify(text).kind is ScanKind.GTIN
    assert text in classify(text).gtins


def test_an_item_is_looked_for_in_every_length_it_is_written_in() -> None:
    assert classify("036000291452").gtins == ("00036000291452", "0036000291452", "036000291452")
    assert classify("96385074").gtins[-1] == "96385074"


def test_a_wrong_check_digit_makes_it_some_other_code() -> None:
    assert classify("6901234567893").kind is ScanKind.OTHER


def test_a_waybill_is_looked_up() -> None:
    assert (classify("SF1040123456789").kind, classify("SF1040123456789").gtins) == (ScanKind.OTHER, ())


def test_full_width_digits_from_an_input_method_are_digits() -> None:
    assert classify(" ６９０１２３４５６７８９２ ").text == "6901234567892"


BAD = {
    "nothing": "",
    "blanks": "   ",
    "separators": SEPARATOR,
    "quit": "ABC\x11DEF",
    "escape": "\x1b[A",
    "line break": "ABC\nDEF",
    "delete": "ABC\x7f",
    "null": "\x00",
    "other controls": "ABC\x1e",
    "c1 controls": "ABC\x85DEF",
    "emoji": "😀",
    "chinese": "收货",
    "bidi": "ABC\u202eDEF",
    "zero width": "AB\u200bC",
    "half surrogate": "AB\ud800",
    "endless": "9" * 10_000,
    "two glued": "A" * (MAX_SCAN + 1),
}


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_what_no_code_can_hold_is_refused_whole(raw: str) -> None:
    with pytest.raises(UnreadableScan):
        classify(raw)


@given(st.text(max_size=MAX_SCAN + 5))
def test_no_input_does_more_than_be_a_code_or_be_refused(raw: str) -> None:
    try:
        code = classify(raw)
    except Refusal as refused:
        assert refused.code.startswith("scan.")
        return
    assert 0 < len(code.text) <= MAX_SCAN
    assert all(character == SEPARATOR or " " <= character <= "~" for character in code.text)


def test_a_symbol_with_separators_says_item_lot_expiry_and_quantity() -> None:
    code = classify(f"]C101{GTIN14}10LOT1{SEPARATOR}1727013137 24".replace(" ", ""))
    assert code.gs1 is not None
    assert (code.gtins, code.gs1.lot, code.gs1.qty, code.gs1.expires_on(TODAY)) == (
        (GTIN14, GTIN14[1:]),
        "LOT1",
        24,
        dt.date(2027, 1, 31),
    )


def test_without_the_separator_the_lot_would_swallow_the_rest() -> None:
    """Trap 2: the separator must survive, for nothing else ends a lot."""
    assert parse_gs1(f"01{GTIN14}10LOT1{SEPARATOR}2199").serial == "99"
    assert parse_gs1(f"01{GTIN14}10LOT12199").lot == "LOT12199"


def test_a_logistic_unit_is_read_with_its_check_digit() -> None:
    sscc = "106141411234567897"
    assert parse_gs1(f"00{sscc}").sscc == sscc
    with pytest.raises(BrokenGs1):
        parse_gs1("00106141411234567890")


def test_a_unit_says_what_it_contains_and_how_many() -> None:
    found = parse_gs1(f"02{GTIN14}3712")
    assert (found.gtin, found.qty) == (GTIN14, 12)


def test_brackets_as_people_see_them_are_read() -> None:
    assert parse_gs1(f"(01){GTIN14}(17)270100(10)A/1-B").elements == (("01", GTIN14), ("17", "270100"), ("10", "A/1-B"))


def test_a_scanner_that_does_not_say_what_it_read_is_understood_by_the_beginning() -> None:
    assert classify(f"01{GTIN14}10LOT1").kind is ScanKind.GS1
    assert classify("0109501101530004XYZ").kind is ScanKind.OTHER
    assert classify(f"01{GTIN14}99ZZ").kind is ScanKind.OTHER


BROKEN = [
    "]C1",
    "]C101123",
    f"]C101{GTIN14[:-1]}4",
    "]C1ZZ12",
    f"]C101{GTIN14}17271301",
    f"]C101{GTIN14}17270132",
    f"]C101{GTIN14}10{'L' * 21}",
    f"]C101{GTIN14}37ABC",
    f"]C101{GTIN14}10A{SEPARATOR}10B",
    "(99)1",
    f"(01){GTIN14}x(17)",
    f"]C101{GTIN14}10A B",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_symbol_is_refused_where_it_breaks(text: str) -> None:
    with pytest.raises(BrokenGs1):
        classify(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("261122", (2026, 11, 22)),
        ("280200", (2028, 2, 29)),
        ("760101", (2076, 1, 1)),
        ("770101", (1977, 1, 1)),
        ("990101", (1999, 1, 1)),
    ],
)
def test_a_date_lies_within_fifty_years_and_day_nought_is_the_last(text: str, day: tuple[int, int, int]) -> None:
    assert day_of(text, TODAY) == dt.date(*day)


def test_a_day_that_its_month_does_not_have_is_refused() -> None:
    with pytest.raises(BrokenGs1):
        day_of("270231", TODAY)


variable = st.text(st.sampled_from("ABCxyz0189-/.+%"), min_size=1, max_size=20)


@given(
    st.text(st.sampled_from("0123456789"), min_size=13, max_size=13),
    variable,
    variable,
    st.integers(1, 99_999_999),
    st.booleans(),
)
def test_what_is_written_is_read_back(body: str, lot: str, serial: str, qty: int, trailing: bool) -> None:
    gtin = body + check_digit(body)
    text = f"01{gtin}10{lot}{SEPARATOR}21{serial}{SEPARATOR}37{qty}" + (SEPARATOR if trailing else "")
    found = parse_gs1(text)
    assert (found.gtin, found.lot, found.serial, found.qty) == (gtin, lot, serial, qty)


def test_the_screen_shows_the_separator_as_a_sign() -> None:
    assert classify(f"]C101{GTIN14}10A{SEPARATOR}21B").shown.count("␝") == 1


PLACE, TEA, CUP = Match("location", 1, "L-A-01"), Match("product", 2, "TEA"), Match("product", 3, "CUP")


def test_the_three_errors_are_three() -> None:
    code = classify("ABC")
    with pytest.raises(BarcodeNotFound):
        choose(code, [], ["product"])
    with pytest.raises(WrongRecord) as wrong:
        choose(code, [PLACE], ["product"], expected="TEA")
    assert (wrong.value.scanned, wrong.value.expected) == ("L-A-01", "TEA")
    with pytest.raises(AmbiguousScan) as several:
        choose(code, [TEA, CUP], ["product"], finer=Finer.PACK)
    assert (several.value.count, several.value.finer) == (2, "pack")


def test_the_kinds_that_are_wanted_are_tried_in_their_order() -> None:
    assert choose(classify("ABC"), [TEA, PLACE], ["location", "product"]) is PLACE


def test_only_the_very_same_code_confirms() -> None:
    other, again = classify("L-B-02"), classify("L-B-01")
    asked = confirm(None, "other-place", again)
    assert asked == Confirming("other-place", "L-B-01")
    assert confirm(asked, "other-place", other) == Confirming("other-place", "L-B-02")
    assert confirm(asked, "another-question", again) == Confirming("another-question", "L-B-01")
    assert confirm(asked, "other-place", again) is None
