"""Labels between carrier and printer (F9, F12, F13): processes that die at any commit, answers lost, pushes turned round, jams."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from houtai.adapters.carriers.embedded import EmbeddedCarrier, Fault
from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.printing.press import PrinterPress
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.store import SqlStore
from houtai.application.deliveries import Outside
from houtai.application.house import OF_DOCUMENT
from houtai.application.office import Office
from houtai.application.outbound.hand_over import CloseManifest, close_manifest
from houtai.application.outbound.labels import PrintLabels, print_labels
from houtai.application.outbound.ports import OutboundViews
from houtai.application.permission import needs
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.printing.request import Reprint, reprint
from houtai.application.printing.room import PrintRoom
from houtai.application.printing.track import ResumeJob, SettleJob, resume_job, settle_job
from houtai.application.relay import Relay
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.domain.act import Act
from houtai.domain.ids import OutboundId, PrinterId, PrintJobId, WarehouseId, new_id
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState
from houtai.domain.printing.job import JobState, PrintJob, Result
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.refusal import Refusal
from houtai.domain.shipping.tracking import TrackState
from tests.conftest import StillClock
from tests.doctor.sending import Sending
from tests.orders.shop import Shop
from tests.outbound.floor import Floor
from tests.printing.printers import PAPER_OUT, RawPrinter, hangs_up, raw_printer, reads_all
from tests.simulation.floor import PaperPress
from tests.simulation.steps import LUCK
from tests.simulation.weather import Died, Strike, Weather
from tests.stores import memory_store, sqlite_store

SECRET = b"between the carrier and the house"
COMMITS = 8  # from the message to the carrier to the printer's word
DAMAGE = (Strike.DIE_BEFORE, Strike.DIE_AFTER, Strike.LOSE_ANSWER, Strike.LOSE_COMMIT)
ROUNDS = 40


class Dock:
    """A warehouse that sends, a carrier and a printer beside it; the process between them may die and come up again."""

    def __init__(self, store: Any) -> None:
        self.clock = StillClock()
        self.weather = Weather(store)
        self.carrier = EmbeddedCarrier(self.clock, secret=SECRET)
        self.second = EmbeddedCarrier(self.clock, secret=SECRET, name="second")
        self.press = PaperPress()
        self.sending = Sending(Office(store, self.clock), self.clock)
        self.channel = EmbeddedChannel(self.sending.shop.channel)
        self.start()
        self.relay.run_until_idle()  # what the shop's opening has to tell

    def start(self) -> None:
        """The process comes up on what is in the store."""
        self.office = Office(self.weather, self.clock, pause=lambda _: None)
        carriers = {one.name: one for one in (self.carrier, self.second)}
        outside = Outside(self.office, {}, channel=lambda _: self.channel, carriers=carriers, press=self.press)
        self.relay = Relay(self.office, outside.deliverers(), jitter=lambda _: 0)
        self.dispatcher = Dispatcher(self.office, carriers)

    def run(self) -> bool:
        """Until nothing is under way, hours if need be; whether the process died meanwhile."""
        died = False
        for _ in range(ROUNDS):
            try:
                self.relay.run_until_idle()
                self.dispatcher.ask_unknown()
            except Died:
                died = True
                self.start()
            except Refusal as refusal:
                assert refusal.code in LUCK, refusal
            self.clock.advance(minutes=7)
        return died

    def waved(self) -> OutboundOrder:
        """An order whose carrier is to be asked."""
        sent = self.sending.order(CUP=1)[1]
        self.sending.floor.wave(sent)
        return sent

    def label(self) -> PrintJob:
        """The one that there is."""
        (job,) = self.sending.floor.jobs()
        return job

    def carry(self, order: OutboundOrder, *states: TrackState) -> list[Any]:
        """The carrier's pushes about a parcel, in the order in which it happened."""
        for place, state in enumerate(states):
            self.carrier.happen(order.waybill, state, minutes_ago=60 - place)
        return [self.carrier.parse_push(push.headers, push.raw, self.clock.now()) for push in self.carrier.pushes()]


@contextmanager
def dock_on(kind: str, folder: Path) -> Iterator[Dock]:
    with memory_store() if kind == "memory" else sqlite_store(folder) as store:
        dock = Dock(store)
        yield dock
        if isinstance(store, SqlStore):
            assert examine(store, CHECKS).broken() == ()
        dock.carrier.close()
        dock.second.close()


def one_number_and_one_label(dock: Dock, sent: OutboundOrder) -> None:
    """The carrier charges for one number, which is on the order; its label is on paper once, or on somebody's list."""
    order, job = dock.sending.floor.now(sent), dock.label()
    assert order.state is OutboundState.PRINTED
    assert dock.carrier.bound() == [order.waybill] == [job.subject]
    assert job.state in (JobState.DONE, JobState.UNCERTAIN)
    if job.state is JobState.UNCERTAIN:  # somebody has looked: it is not on paper
        cmd = ResumeJob(job.id, job.version, "not on paper")
        dock.sending.perform(resume_job, cmd)
        dock.run()
        job = dock.label()
        assert (job.state, job.subject) == (JobState.DONE, order.waybill)


@pytest.mark.parametrize("fault", [None, Fault.LOSE_ANSWER, Fault.LOSE_REQUEST, Fault.UNREACHABLE])
@pytest.mark.parametrize("strike", DAMAGE)
def test_f9_a_process_that_dies_at_any_commit_between_purchase_and_paper_buys_and_prints_once(
    strike: Strike, fault: Fault | None, tmp_path: Path
) -> None:
    struck = 0
    for after in range(COMMITS):
        with dock_on("memory", tmp_path) as dock:
            sent = dock.waved()
            if fault is not None:
                dock.carrier.arrange("buy", fault)
            dock.weather.forecast(strike, after)
            dock.run()
            struck += dock.weather.struck is strike
            one_number_and_one_label(dock, sent)
    assert struck == COMMITS, "every commit on the way was hit"


@pytest.mark.parametrize("after", range(0, COMMITS, 2))
def test_f13_on_sqlite_too_and_the_doctor_finds_nothing(after: int, tmp_path: Path) -> None:
    with dock_on("sqlite", tmp_path) as dock:
        sent = dock.waved()
        dock.carrier.arrange("buy", Fault.LOSE_ANSWER)
        dock.weather.forecast(Strike.DIE_AFTER, after)
        assert dock.run()
        one_number_and_one_label(dock, sent)


def test_f9_two_messengers_of_one_waybill_buy_one_number(tmp_path: Path) -> None:
    with dock_on("memory", tmp_path) as dock:
        sent = dock.waved()
        (waybill,) = dock.sending.floor.waybills(sent)
        for first in (True, False, False):
            dock.dispatcher.buy(waybill.id, first=first)
        dock.run()
        one_number_and_one_label(dock, sent)


@needs("tests.read")
def _events(views: OutboundViews, query: OutboundId, act: Act) -> list[str]:
    return [line.event for line in sorted(views.timeline.by(OF_DOCUMENT, query), key=lambda line: line.version)]


STEPS = (TrackState.PICKED_UP, TrackState.IN_TRANSIT, TrackState.OUT_FOR_DELIVERY, TrackState.DELIVERED)


def test_f9_pushes_in_every_order_each_twice_lead_to_one_end(tmp_path: Path) -> None:
    ends = set()
    for turns in itertools.permutations(range(len(STEPS))):
        with dock_on("memory", tmp_path) as dock:
            sent = dock.sending.weighed(dock.sending.order(CUP=1)[1])
            dock.sending.perform(close_manifest, CloseManifest(dock.sending.manifest(sent)))
            pushes = dock.carry(sent, *STEPS)
            for turn in (*turns, *reversed(turns)):
                dock.sending.perform(receive_carrier_push, ReceivePush("embedded", pushes[turn]))
            events = tuple(dock.office.ask(_events, sent.id, dock.sending.floor.act))
            ends.add((dock.sending.floor.now(sent).state, events.count("delivered"), events[-1]))
    assert ends == {(OutboundState.DELIVERED, 1, "delivered")}


def configured(printer: RawPrinter) -> PrinterConfiguration:
    return PrinterConfiguration(PrinterLanguage.ZPL, Transport.RAW, printer.address, (Size.MM_100_150,))


def set_up(floor: Floor, printer: RawPrinter, code: str) -> PrinterId:
    made = PrinterId(new_id())
    warehouse: WarehouseId = floor.warehouse
    floor.office.perform(add_printer, AddPrinter(made, code, "面单机", warehouse, configured(printer)), floor.act)
    return made


def test_f12_a_jam_in_the_middle_of_a_label_is_told_in_three_seconds_and_the_reprint_keeps_its_number(
    memory_office: Office, clock: StillClock
) -> None:
    floor = Floor(Shop(memory_office, clock), printer=False)
    sent = floor.released(CUP=1)
    made = floor.printed(sent)
    with raw_printer(hangs_up) as jams:
        broken = set_up(floor, jams, "L-BROKEN")
        (order,) = memory_office.perform(print_labels, PrintLabels(made.wave.id, broken), floor.act)
        (job,) = floor.jobs()
        began = time.monotonic()
        told = PrintRoom(memory_office, PrinterPress()).deliver(job.id)
        assert time.monotonic() - began < 3
    assert (told.state, order.state) == (JobState.UNCERTAIN, OutboundState.PRINTED)
    again = PrintRoom(memory_office, PrinterPress()).deliver(job.id)
    assert (again.state, again.attempt) == (JobState.UNCERTAIN, 1)  # nobody sends it again by itself
    with raw_printer(reads_all) as good:
        spare = set_up(floor, good, "L-SPARE")
        cmd = Reprint(job=PrintJobId(new_id()), of=job.id, reason="jammed", printer=spare)
        copy = memory_office.perform(reprint, cmd, floor.act)
        done = PrintRoom(memory_office, PrinterPress()).deliver(copy.id)
    assert (done.state, done.subject, done.reprint_no) == (JobState.ACCEPTED, order.waybill, 1)
    memory_office.perform(settle_job, SettleJob(job.id, again.version + 1, printed=False, reason="torn"), floor.act)
    assert (len(floor.waybills(sent)), floor.now(sent).waybill) == (1, order.waybill)


def test_f12_without_paper_the_label_waits_the_order_goes_on_and_nothing_is_shipped_by_it(
    memory_office: Office, clock: StillClock
) -> None:
    floor = Floor(Shop(memory_office, clock), printer=False)
    sent = floor.released(CUP=1)
    made = floor.printed(sent)
    with raw_printer(reads_all, PAPER_OUT) as empty:
        cmd = PrintLabels(made.wave.id, set_up(floor, empty, "L-EMPTY"))
        memory_office.perform(print_labels, cmd, floor.act)
        (job,) = floor.jobs()
        told = PrintRoom(memory_office, PrinterPress()).deliver(job.id)
    assert (told.state, told.last_error, bytes(empty.got)) == (JobState.QUEUED, "paper out", b"")
    assert floor.now(sent).state is OutboundState.PRINTED
    assert memory_office.perform(print_labels, cmd, floor.act) == ()
    assert [one.id for one in floor.jobs()] == [job.id]


def test_f12_what_may_be_on_paper_is_told_whichever_way_the_printer_fails(tmp_path: Path) -> None:
    for result, state in (
        (Result.UNCERTAIN, JobState.UNCERTAIN),
        (Result.REFUSED, JobState.FAILED),
        (Result.ACCEPTED, JobState.ACCEPTED),
        (Result.NOT_REACHED, JobState.DONE),  # later, when it is reached
    ):
        with dock_on("memory", tmp_path) as dock:
            dock.press.coming.append(result)
            sent = dock.waved()
            dock.run()
            order, job = dock.sending.floor.now(sent), dock.label()
            assert (job.state, job.subject) == (state, order.waybill)
            assert dock.carrier.bound() == [order.waybill]
