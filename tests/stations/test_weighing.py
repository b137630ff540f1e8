"""The scale by scans: readings typed and sent, tolerance, a supervisor's badge, back to the bench, stops between scans."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.permission import needs
from houtai.application.timeline import TimelineEntry
from houtai.application.tx import Views
from houtai.domain.act import Act
from houtai.domain.outbound.parcel import ParcelState
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.reply import MessageLevel, Sound
from houtai.domain.warehouse.scale import UnsteadyScale, reading_g
from houtai.domain.warehouse.work import Task
from tests.stations.floor import said
from tests.stations.shipping import BOX, VERBS, Dock, Worker, fact
from tests.stations.test_picking import due


@needs("tests.read")
def _timeline(views: Views, query: Any, act: Act) -> list[TimelineEntry]:
    return list(views.timeline.by(OF_DOCUMENT, query))


@pytest.fixture
def dock(memory_office: Office, clock: Any) -> Dock:
    made = Dock(memory_office, clock)
    made.box(BOX)
    return made


@pytest.fixture
def li(dock: Dock) -> Worker:
    return dock.worker("li")


def state_of(dock: Dock, order: Any) -> ParcelState:
    (parcel,) = dock.parcels(order)
    return parcel.state


def test_a_weight_within_tolerance_is_typed_or_sent_by_the_scale(dock: Dock, li: Worker) -> None:
    for reading in ("515", "ST,GS,+000.515kg"):
        sent = dock.packed(li, CUP=1)
        li.open(Task.WEIGH)
        assert due(li.scan(sent.waybill)) == "weight"
        fits = li.scan(reading)
        assert (said(fits), fact(fits, "weight"), due(fits)) == ("weight-fits", "515", "weigh")
        assert dock.now(sent).state is OutboundState.WEIGHED


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("815 g", 815),
        ("ST,GS,+001.2345kg", 1235),
        ("ST,NT,  12.4  g", 12),
        ("st,gs,+3KG", 3000),
        ("0.0005kg", 1),
        ("815", None),
        ("6901234567892", None),
        ("1234567890g", None),
        ("g", None),
    ],
)
def test_a_reading_is_known_by_its_unit(text: str, grams: int | None) -> None:
    assert reading_g(text) == grams


@pytest.mark.parametrize("text", ["US,GS,+000.515kg", "OL,GS,+999.999kg"])
def test_a_scale_that_moves_or_is_overloaded_says_nothing(text: str) -> None:
    with pytest.raises(UnsteadyScale):
        reading_g(text)


@pytest.mark.parametrize("text", ["0g", "-12g", "ST,GS,-001.234kg"])
def test_nothing_on_the_scale_is_no_weight(text: str) -> None:
    with pytest.raises(InvalidValue):
        reading_g(text)


def test_a_wrong_scan_or_an_unsteady_scale_leaves_the_parcel_on_it(dock: Dock, li: Worker) -> None:
    sent = dock.packed(li, CUP=1)
    later = dock.released(CUP=1)
    dock.printed(later)
    li.open(Task.WEIGH)
    assert li.refuses("CUP") == "scan.wrong-record"
    assert li.refuses(dock.waybill(later)) == "outbound.not-ready"
    li.scan(sent.waybill)
    assert li.refuses("US,GS,+000.515kg") == "scale.unsteady"
    assert li.refuses("0") == "invalid-value"
    assert li.refuses("CUP") == "scan.wrong-record"
    assert li.refuses("C-NO") == "station.not-now"
    assert li.refuses(li.badge) == "scan.wrong-record"
    assert state_of(dock, sent) is ParcelState.SEALED


def test_a_parcel_weighed_before_is_weighed_again_once_that_is_confirmed(dock: Dock, li: Worker) -> None:
    sent = dock.weighed(li, CUP=1)
    asked = li.scan(sent.waybill)
    assert (said(asked), fact(asked, "weight"), due(asked)) == ("confirm-reweigh", "500", "weigh")
    assert due(li.scan(sent.waybill)) == "weight"
    li.scan("505g")
    assert dock.parcels(sent)[0].weight_g == 505


def test_out_of_tolerance_another_persons_badge_and_a_reason_let_it_pass(dock: Dock, li: Worker) -> None:
    boss = dock.worker("chen", *VERBS, "outbound.accept-weight")
    sent = dock.packed(li, CUP=1)
    li.open(Task.WEIGH)
    heavy = li.scan(sent.waybill, "700")
    assert (said(heavy), heavy.sound, due(heavy)) == ("weight-too-heavy", Sound.WRONG, "weight-differs")
    reasons = li.scan(boss.badge)
    assert (due(reasons), [row[0] for row in reasons.rows]) == ("reason", ["1", "2", "3", "4"])
    assert li.refuses("5") == "station.no-such-choice"
    assert said(li.scan("3")) == "weight-accepted"
    assert dock.now(sent).state is OutboundState.WEIGHED
    noted = next(line for line in dock.office.ask(_timeline, sent.id, dock.act) if line.event == "weight accepted")
    assert (noted.actor_name, noted.reason) == ("chen", "checked again (by badge, with li)")


def test_who_weighed_it_or_may_not_accept_does_not_let_it_pass(dock: Dock, li: Worker) -> None:
    boss = dock.worker("chen", *VERBS, "outbound.accept-weight")
    wang = dock.worker("wang")
    sent = dock.packed(boss, CUP=1)
    boss.open(Task.WEIGH)
    boss.scan(sent.waybill, "100")
    for badge in (boss.badge, wang.badge):
        boss.scan(badge)
        assert boss.refuses("1") == "forbidden"
        boss.scan("C-UNDO")
    assert state_of(dock, sent) is ParcelState.SEALED


def test_out_of_tolerance_goes_back_to_the_bench(dock: Dock, li: Worker) -> None:
    sent = dock.packed(li, CUP=1)
    li.open(Task.WEIGH)
    light = li.scan(sent.waybill, "100")
    assert said(light) == "weight-too-light"
    assert said(li.scan("C-NO")) == "sent-back"
    assert dock.now(sent).state is OutboundState.PICKED
    li.open(Task.CHECK)
    assert said(li.scan(sent.waybill, "CUP", "B1")) == "packed"


def test_a_parcel_that_waits_for_a_word_waits_at_every_scale(dock: Dock, li: Worker) -> None:
    sent = dock.packed(li, CUP=1)
    li.open(Task.WEIGH)
    li.scan(sent.waybill, "100", "C-CANCEL")
    assert due(li.scan(sent.waybill)) == "weight-differs"
    assert said(li.scan("500")) == "weight-fits"


def test_goods_of_unknown_weight_block_nothing(dock: Dock, li: Worker) -> None:
    dock.weightless("BOWL")
    sent = dock.packed(li, BOWL=1)
    li.open(Task.WEIGH)
    assert said(li.scan(sent.waybill, "333")) == "weight-unknown"


def test_a_stopped_order_rings_at_the_scale(dock: Dock, li: Worker) -> None:
    sent = dock.packed(li, CUP=1)
    li.open(Task.WEIGH)
    li.scan(sent.waybill)
    dock.office.perform(intercept_order, InterceptOrder(sent.id, "refund"), dock.act)
    rung = li.scan("500")
    assert (said(rung), due(rung)) == ("outbound.intercepted", "weigh")
    assert rung.message is not None
    assert rung.message.level is MessageLevel.STOP
    assert said(li.scan(sent.waybill)) == "outbound.intercepted"
    assert state_of(dock, sent) is ParcelState.STOPPED
