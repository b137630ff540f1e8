"""Every document is read back from paper: bar codes at 203 and 300 dots an inch, words out of the file, nothing as a command."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import attrs
import pypdfium2
import pytest
import zplkit
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageChops

from houtai.adapters.printing import escpos
from houtai.adapters.printing.fonts import FontFile, find_font, fit, font_places
from houtai.adapters.printing.pdf import PdfRenderer
from houtai.adapters.printing.raster import raster
from houtai.adapters.printing.zpl import ZplRenderer
from houtai.domain.printing.code128 import BarcodeTooWide, encode
from houtai.domain.printing.columns import cells, cut as cut_off
from houtai.domain.printing.documents import DocumentKind, ExpressWaybill, PickList, ProductLabel
from houtai.domain.printing.draw import LABELS, SHEETS, pages_of, sheet_of
from houtai.domain.printing.layout import SIZES, Language, Layout, Size
from houtai.domain.printing.page import Bars, Page, Text
from houtai.domain.printing.refusals import FontMissing
from houtai.domain.refusal import InvalidValue
from tests.printing.samples import SAMPLES, pictures, read_codes, texts_of

DRAWN = [(kind, size) for kind in SAMPLES for size in SIZES[kind] if size is not Size.ROLL_80]
NUMBER = {
    DocumentKind.EXPRESS_WAYBILL: "SF1234567890123",
    DocumentKind.PICK_LIST: "WV-20261122-000007",
    DocumentKind.OUTBOUND_SHEET: "OB-20261122-000123",
    DocumentKind.INVOICE: "IV-20261122-000123",
    DocumentKind.HANDOVER_MANIFEST: "HM-20261122-000003",
    DocumentKind.SUMMARY_SHEET: "WV-20261122-000008",
    DocumentKind.TRANSFER_SHEET: "TR-20261122-000001",
    DocumentKind.COUNT_SHEET: "CT-20261122-000004",
    DocumentKind.LOCATION_LABEL: "L-A-03-02-1",
    DocumentKind.PRODUCT_LABEL: "6901234567892",
    DocumentKind.HANDLING_UNIT_LABEL: "H-000000012345",
}
WAYBILL = SAMPLES[DocumentKind.EXPRESS_WAYBILL]
PICKS = SAMPLES[DocumentKind.PICK_LIST]
ASCII = "".join(map(chr, range(33, 127)))
NASTY = [
    "^XA^FO0,0^FDX^FS^XZ",
    "~JR~HQES",
    "\\^~_5E",
    "${jndi}",
    "<b>&lt;",
    "%PDF-1.4",
    "王\u202e小明",
    "😀𠮷",
    "(a) Tj ET",
    "''\"\"",
    "_7E_5E",
]


@pytest.fixture(scope="module")
def pdf() -> PdfRenderer:
    return PdfRenderer()


@pytest.fixture(scope="module")
def zpl() -> ZplRenderer:
    return ZplRenderer()


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def seen(label: bytes, page: Page, dpi: int) -> Any:
    """What a strict ZPL printer without Chinese fonts prints."""
    options = zplkit.Options(dpi=dpi, width=page.width * dpi // 254, height=page.height * dpi // 254)
    printed = zplkit.render(label, options)
    assert (printed.warnings, len(printed.labels)) == ([], 1)
    return Image.open(io.BytesIO(printed.labels[0].png())).convert("L").point(lambda value: 255 if value > 127 else 0)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(("kind", "size"), DRAWN, ids=lambda value: value.value)
def test_every_bar_code_of_every_document_is_read_back_from_every_page(
    pdf: PdfRenderer, kind: DocumentKind, size: Size, dpi: int
) -> None:
    pages = pages_of(SAMPLES[kind], Layout(size))
    read = [texts_of(read_codes(picture)) for picture in pictures(pdf.render(pages, dpi), dpi)]
    assert read == [{NUMBER[kind]}] * len(pages)


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.value)
def test_words_are_in_the_language_of_the_template_and_embedded(pdf: PdfRenderer, kind: DocumentKind) -> None:
    chinese, english = (pdf.render(pages_of(SAMPLES[kind], Layout(SIZES[kind][0], language)), 203) for language in Language)
    assert words_of(chinese) != words_of(english)
    assert pdf.embeds is True
    assert b"FontFile2" in chinese


def test_the_chinese_of_a_pick_list_is_text_that_can_be_searched(pdf: PdfRenderer) -> None:
    words = words_of(pdf.render(pages_of(PICKS, Layout(Size.A4)), 203))
    assert all(word in words for word in ("拣货单", "明前龙井", "A-01-02-1", "合计"))


def test_the_same_document_is_the_same_file(pdf: PdfRenderer) -> None:
    pages = pages_of(WAYBILL, Layout(Size.MM_100_150))
    assert pdf.render(pages, 203) == pdf.render(pages, 203)


def test_a_reprint_says_so_and_which_one_it_is(pdf: PdfRenderer) -> None:
    assert "补打 2" in words_of(pdf.render(pages_of(WAYBILL, Layout(Size.MM_100_150), 2), 203))
    assert "REPRINT 1" in words_of(pdf.render(pages_of(PICKS, Layout(Size.A4, Language.ENGLISH), 1), 203))


def test_a_long_list_has_all_its_lines_over_numbered_pages(pdf: PdfRenderer) -> None:
    pages = pages_of(SAMPLES[DocumentKind.HANDOVER_MANIFEST], Layout(Size.A5))
    words = words_of(pdf.render(pages, 203))
    assert all(f"SF12345678901{number:02d}" in words for number in range(40))
    assert f"第 {len(pages)} / {len(pages)} 页" in words


def test_without_any_font_the_reader_of_the_file_has_to_bring_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("houtai.adapters.printing.fonts.font_places", lambda: iter(()))
    renderer = PdfRenderer()
    assert (renderer.embeds, b"STSong-Light" in renderer.render(pages_of(WAYBILL, Layout(Size.MM_100_150)), 203)) == (False, True)
    with pytest.raises(FontMissing):
        ZplRenderer()
    with pytest.raises(FontMissing):
        PdfRenderer(fall_back=False)


def test_a_named_font_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match="no file"):
        find_font(str(tmp_path / "none.ttf"))
    (tmp_path / "cff.otf").write_bytes(b"OTTO" + bytes(100))
    with pytest.raises(FontMissing, match="PostScript"):
        PdfRenderer(str(tmp_path / "cff.otf"))
    (tmp_path / "text.ttf").write_bytes(b"hello")
    with pytest.raises(FontMissing, match="TrueType"):
        ZplRenderer(str(tmp_path / "text.ttf"))


def test_the_extra_for_fonts_alone_prints_chinese() -> None:
    packaged = next(place for place in font_places() if "justmytype" in str(place))
    pages = pages_of(WAYBILL, Layout(Size.MM_76_130))
    assert texts_of(read_codes(pictures(PdfRenderer(str(packaged)).render(pages, 203), 203)[0])) == {"SF1234567890123"}
    assert find_font(str(packaged)) == FontFile(packaged, variable=True)
    assert texts_of(read_codes(seen(ZplRenderer(str(packaged)).render(pages, 203)[0], pages[0], 203))) == {"SF1234567890123"}


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(("kind", "size"), [one for one in DRAWN if one[0] in LABELS], ids=lambda value: value.value)
def test_a_label_in_zpl_is_read_back_from_a_printer_that_has_no_chinese(
    zpl: ZplRenderer, kind: DocumentKind, size: Size, dpi: int
) -> None:
    pages = pages_of(SAMPLES[kind], Layout(size), 1)
    label = zpl.render(pages, dpi)[0]
    assert texts_of(read_codes(seen(label, pages[0], dpi))) == {NUMBER[kind]}
    label.decode("ascii")


def test_the_words_of_a_label_arrive_dot_for_dot(zpl: ZplRenderer) -> None:
    page = pages_of(WAYBILL, Layout(Size.MM_100_150))[0]
    bare = attrs.evolve(page, marks=tuple(mark for mark in page.marks if not isinstance(mark, Bars)))
    drawn = raster(bare, 203, find_font()).convert("L")
    assert ImageChops.difference(seen(zpl.render([bare], 203)[0], bare, 203), drawn).getbbox() is None


def test_copies_are_the_printers_own_affair(zpl: ZplRenderer) -> None:
    pages = pages_of(SAMPLES[DocumentKind.PRODUCT_LABEL], Layout(Size.MM_60_40))
    assert zpl.render(pages, 203, 3)[0].endswith(b"^PQ3^XZ\n")


@settings(max_examples=40)
@given(st.text(ASCII, min_size=1, max_size=20))
def test_whatever_stands_in_a_bar_code_is_read_back_from_zpl(data: str) -> None:
    page = Page(1_600, 300, (Bars(0, 20, 1_600, 250, data),))
    label = ZplRenderer().render([page], 203)[0]
    assert read_codes(seen(label, page, 203)) == [("Code 128", data)]


@settings(max_examples=40)
@given(st.text(ASCII, min_size=1, max_size=20))
def test_whatever_stands_in_a_bar_code_is_read_back_from_pdf(data: str) -> None:
    content = PdfRenderer().render([Page(1_600, 300, (Bars(0, 20, 1_600, 250, data),))], 203)
    assert read_codes(pictures(content, 203)[0]) == [("Code 128", data)]


def test_digits_at_the_end_go_in_pairs() -> None:
    assert (encode("SF1234567890123").modules, encode("ABCDEFGHIJKLMNO").modules) == (145, 200)


@pytest.mark.parametrize("data", ["", " A", "A ", "龙井", "A\x1dB", "A\n", "A" * 49])
def test_what_no_scanner_would_give_back_is_no_bar_code(data: str) -> None:
    with pytest.raises(InvalidValue):
        encode(data)


def test_a_code_that_would_need_bars_of_one_dot_is_refused(pdf: PdfRenderer, zpl: ZplRenderer) -> None:
    page = Page(400, 300, (Bars(0, 20, 400, 200, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),))
    for renderer in (pdf, zpl):
        with pytest.raises(BarcodeTooWide):
            renderer.render([page], 203)


@pytest.mark.parametrize("name", NASTY)
def test_a_name_that_holds_commands_comes_out_as_words(pdf: PdfRenderer, zpl: ZplRenderer, name: str) -> None:
    label = SAMPLES[DocumentKind.PRODUCT_LABEL]
    assert isinstance(label, ProductLabel)
    page = pages_of(attrs.evolve(label, name=name, spec=name), Layout(Size.MM_60_40))[0]
    label_sent = zpl.render([page], 203)[0]
    assert (label_sent.count(b"^XA"), label_sent.count(b"~")) == (1, 0)
    assert texts_of(read_codes(seen(label_sent, page, 203))) == {"6901234567892"}
    assert len(pictures(pdf.render([page], 203), 203)) == 1


@pytest.mark.parametrize("name", ["a\x1b@b", "\x00", "\x1d!\x11", "x\x7f", "\x02"])
def test_a_name_with_control_signs_is_refused_before_any_printer(name: str) -> None:
    label = SAMPLES[DocumentKind.PRODUCT_LABEL]
    assert isinstance(label, ProductLabel)
    with pytest.raises(InvalidValue):
        attrs.evolve(label, name=name)


@given(st.text(min_size=0, max_size=60))
def test_no_text_brings_a_command_into_a_receipt(text: str) -> None:
    sent = escpos.words(text)
    inside = sent.removeprefix(b"\x1c&").removesuffix(b"\x1c.\n")
    assert not set(inside) & {*range(0x20), 0x7F}


@given(st.text(max_size=80), st.integers(10, 400), st.integers(1, 4))
def test_fitted_lines_stay_in_their_box(text: str, width: int, lines: int) -> None:
    size, fitted = fit(text, width, 10, lines, lambda part, height: len(part) * height)
    assert len(fitted) <= lines
    assert all(len(line) * size <= max(width, 2 * size) for line in fitted)


@pytest.mark.parametrize("kind", [kind for kind in SHEETS if Size.ROLL_80 in SIZES[kind]], ids=lambda kind: kind.value)
def test_a_slip_holds_its_lines_in_gb_18030_and_ends_with_a_cut(kind: DocumentKind) -> None:
    slip = escpos.render_slip(sheet_of(SAMPLES[kind], Layout(Size.ROLL_80)))
    assert slip.startswith(b"\x1b@")
    assert slip.endswith(b"\x1dVB\x00")
    assert b"{B" + NUMBER[kind].encode() in slip
    assert "明前龙井 特级".encode("gb18030") in slip
    assert all(slip.count(sign) == slip.count(b"\x1c&") for sign in (b"\x1c.",))


def test_a_slips_lines_are_as_wide_as_the_paper() -> None:
    assert isinstance(PICKS, PickList)
    slip = escpos.render_slip(sheet_of(PICKS, Layout(Size.ROLL_80)))
    lines = [part.split(b"\x1c.")[0].decode("gb18030") for part in slip.split(b"\x1c&")[1:]]
    assert max(map(cells, lines)) == escpos.COLUMNS
    assert "A-01-02-1" + " " * 38 + "1" in lines


@pytest.mark.parametrize(("text", "cut"), [("龙井茶叶", "龙井.."), ("abcdefgh", "abcd.."), ("龙井茶", "龙井茶")])
def test_a_text_is_cut_by_columns(text: str, cut: str) -> None:
    assert cut_off(text, 6) == cut


def test_a_receipt_number_too_long_for_the_paper_is_refused() -> None:
    with pytest.raises(BarcodeTooWide):
        escpos.bars("X" * 30)


def test_a_paper_that_a_document_is_not_laid_out_for_is_refused() -> None:
    assert isinstance(WAYBILL, ExpressWaybill)
    with pytest.raises(InvalidValue, match="size"):
        pages_of(WAYBILL, Layout(Size.A4))


def test_white_words_on_black_are_seen(pdf: PdfRenderer) -> None:
    page = pages_of(PICKS, Layout(Size.A4))[0]
    assert any(isinstance(mark, Text) and mark.white for mark in page.marks)
