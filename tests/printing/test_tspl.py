"""Labels in TSPL, read back by a printer that knows four commands and takes nothing else for one."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageChops

from houtai.adapters.printing.fonts import find_font
from houtai.adapters.printing.raster import raster
from houtai.adapters.printing.tspl import TsplRenderer
from houtai.domain.printing.code128 import BarcodeTooWide
from houtai.domain.printing.documents import DocumentKind, ProductLabel
from houtai.domain.printing.draw import LABELS, pages_of
from houtai.domain.printing.layout import SIZES, Layout, Size
from houtai.domain.printing.page import Bars, Page
from tests.printing.samples import SAMPLES, read_codes, texts_of
from tests.printing.test_drawing import ASCII, NASTY, NUMBER, WAYBILL

BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
SIZE = re.compile(rb"SIZE (\d+(?:\.\d)?) mm,(\d+(?:\.\d)?) mm\r\n")
PRINT = re.compile(rb"PRINT 1,(\d+)\r\n")


@pytest.fixture(scope="module")
def tspl() -> TsplRenderer:
    return TsplRenderer()


def printed(label: bytes, dpi: int) -> tuple[Any, int]:
    """What comes out, and how often. A picture's bytes are counted, so that nothing in them is a command; 0 is a burnt dot."""
    size = SIZE.match(label)
    assert size is not None, label[:40]
    width, height = (round(float(side) * 10) * dpi // 254 for side in size.groups())
    paper, place = Image.new("1", (width, height), 255), size.end()
    assert label[place : place + 5] == b"CLS\r\n"
    place += 5
    while (found := BITMAP.match(label, place)) is not None:
        x, y, row_bytes, rows = map(int, found.groups())
        end = found.end() + row_bytes * rows
        paper.paste(Image.frombytes("1", (row_bytes * 8, rows), label[found.end() : end]), (x, y))
        assert label[end : end + 2] == b"\r\n"
        place = end + 2
    copies = PRINT.fullmatch(label, place)
    assert copies is not None, label[place : place + 40]
    return paper.convert("L"), int(copies[1])


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    ("kind", "size"), [(kind, size) for kind in LABELS for size in SIZES[kind]], ids=lambda value: value.value
)
def test_every_bar_code_of_every_label_is_read_back(tspl: TsplRenderer, kind: DocumentKind, size: Size, dpi: int) -> None:
    (label,) = tspl.render(pages_of(SAMPLES[kind], Layout(size), 1), dpi)
    assert texts_of(read_codes(printed(label, dpi)[0])) == {NUMBER[kind]}


def test_the_words_of_a_label_arrive_dot_for_dot(tspl: TsplRenderer) -> None:
    page = pages_of(WAYBILL, Layout(Size.MM_76_130))[0]
    bare = attrs.evolve(page, marks=tuple(mark for mark in page.marks if not isinstance(mark, Bars)))
    drawn = raster(bare, 203, find_font()).convert("L")
    assert ImageChops.difference(printed(tspl.render([bare], 203)[0], 203)[0], drawn).getbbox() is None


def test_copies_are_the_printers_own_affair(tspl: TsplRenderer) -> None:
    pages = pages_of(SAMPLES[DocumentKind.PRODUCT_LABEL], Layout(Size.MM_60_40))
    assert printed(tspl.render(pages, 203, 3)[0], 203)[1] == 3


@settings(max_examples=40)
@given(st.text(ASCII, min_size=1, max_size=20))
def test_whatever_stands_in_a_bar_code_is_read_back(data: str) -> None:
    label = TsplRenderer().render([Page(1_600, 300, (Bars(0, 20, 1_600, 250, data),))], 203)[0]
    assert read_codes(printed(label, 203)[0]) == [("Code 128", data)]


@pytest.mark.parametrize("name", [*NASTY, "PRINT 1,99", 'TEXT 0,0,"3",0,1,1,"x"', "SET CUTTER 1"])
def test_a_name_that_holds_commands_comes_out_as_words(tspl: TsplRenderer, name: str) -> None:
    label = SAMPLES[DocumentKind.PRODUCT_LABEL]
    assert isinstance(label, ProductLabel)
    page = pages_of(attrs.evolve(label, name=name, spec=name), Layout(Size.MM_60_40))[0]
    paper, copies = printed(tspl.render([page], 203)[0], 203)
    assert (texts_of(read_codes(paper)), copies) == ({"6901234567892"}, 1)


def test_a_code_that_would_need_bars_of_one_dot_is_refused(tspl: TsplRenderer) -> None:
    with pytest.raises(BarcodeTooWide):
        tspl.render([Page(400, 300, (Bars(0, 20, 400, 200, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),))], 203)
