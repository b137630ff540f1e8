"""Documents as lines of text: everything that matters is there, nothing is wider than the screen, nothing steers a terminal."""

from __future__ import annotations

import unicodedata

import attrs
import pytest
from hypothesis import given, strategies as st

from houtai.application.office import Office
from houtai.application.printing.queries import preview_job
from houtai.domain.act import Act
from houtai.domain.printing.columns import cells
from houtai.domain.printing.documents import CloudDocument, DocumentKind, HandoverManifest, PickList, ProductLabel
from houtai.domain.printing.layout import SIZES, Language, Layout, Size
from houtai.domain.printing.preview import preview
from houtai.domain.refusal import InvalidValue, NotFound
from tests.printing.room import PICKS, Room
from tests.printing.samples import SAMPLES
from tests.printing.test_drawing import NUMBER
from tests.printing.test_jobs import ELSEWHERE, clerk


@pytest.mark.parametrize("width", [40, 80, 132])
@pytest.mark.parametrize("language", Language, ids=lambda one: one.value)
@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.value)
def test_every_document_shows_its_number_and_stays_on_the_screen(kind: DocumentKind, language: Language, width: int) -> None:
    lines = preview(SAMPLES[kind], Layout(SIZES[kind][0], language), 0, width)
    assert max(map(cells, lines)) <= width
    assert f"|||{NUMBER[kind]}|||" in "\n".join(lines)


def test_a_list_is_a_table_whose_columns_stand_below_each_other() -> None:
    assert isinstance(PICKS, PickList)
    lines = preview(PICKS, Layout(Size.A4))
    assert lines[:2] == ("拣货单", "|||WV-20261122-000007|||")
    heading, *rows = [line for line in lines if "商品编码" in line or "TEA-1" in line]
    starts = [cells(heading[: heading.index("商品编码")]), *(cells(row[: row.index("TEA-1")]) for row in rows)]
    assert (len(rows), len(set(starts))) == (len(PICKS.lines), 1)
    assert lines[-2].startswith("合计")


def test_all_lines_of_a_long_list_are_there_whatever_the_paper() -> None:
    manifest = SAMPLES[DocumentKind.HANDOVER_MANIFEST]
    assert isinstance(manifest, HandoverManifest)
    lines = preview(manifest, Layout(Size.A5))
    assert [parcel.waybill for parcel in manifest.parcels] == [
        word for line in lines for word in line.split() if word.startswith("SF1234567890")
    ]


def test_a_label_is_read_from_above_and_a_reprint_says_so() -> None:
    lines = preview(SAMPLES[DocumentKind.EXPRESS_WAYBILL], Layout(Size.MM_100_150), 2)
    text = "\n".join(lines)
    assert text.index("021-PD-56") < text.index("|||SF1234567890123|||") < text.index("欧*** 138******78")
    assert "补打 2" in text


def test_of_a_platforms_label_only_the_number_is_known() -> None:
    label = CloudDocument(waybill="SF1", platform="cainiao", content="secret")
    assert preview(label, Layout(Size.MM_100_180)) == ("cainiao: |||SF1|||",)


def test_a_paper_that_the_document_is_not_laid_out_for_is_refused() -> None:
    with pytest.raises(InvalidValue, match="size"):
        preview(SAMPLES[DocumentKind.LOCATION_LABEL], Layout(Size.A4))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200).filter(str.strip))
def test_no_name_steers_the_terminal(name: str) -> None:
    label = SAMPLES[DocumentKind.PRODUCT_LABEL]
    assert isinstance(label, ProductLabel)
    for line in preview(attrs.evolve(label, name=name), Layout(Size.MM_60_40)):
        assert cells(line) <= 80
        assert not [sign for sign in line if unicodedata.category(sign) in ("Cc", "Cf", "Cs")]


def test_a_job_is_previewed_by_whoever_may_read_it(office: Office, system: Act) -> None:
    room = Room(office, system)
    job = room.ask_for(room.printer(), PICKS)
    assert office.ask(preview_job, job.id, system) == preview(PICKS, Layout(job.size))
    with pytest.raises(NotFound):
        office.ask(preview_job, job.id, clerk(room, ELSEWHERE, "printing.read"))
