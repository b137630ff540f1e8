"""Print jobs: once by content, reprinted with a reason, never sent blindly twice, resumed from a page."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest

from houtai.application.office import Office
from houtai.application.outbox import Delivery
from houtai.application.paging import Page
from houtai.application.printing.configure import (
    EditPrinter,
    PublishTemplate,
    RetireTemplate,
    edit_printer,
    publish_template,
    retire_template,
)
from houtai.application.printing.ports import JobFilter
from houtai.application.printing.queries import (
    ListJobs,
    ListPrinters,
    ListTemplates,
    list_jobs,
    list_print_templates,
    list_printers,
    list_reprints,
    read_job,
    show_job,
    show_print_template,
    show_printer,
)
from houtai.application.printing.request import Reprint, reprint
from houtai.application.printing.track import (
    CancelJob,
    RecordOutcome,
    ResumeJob,
    SettleJob,
    begin_sending,
    cancel_job,
    record_outcome,
    resume_job,
    settle_job,
)
from houtai.application.relay import ListMessages, list_messages
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import PrintJobId, PrintTemplateId, WarehouseId, new_id
from houtai.domain.printing.documents import DocumentKind, ExpressWaybill
from houtai.domain.printing.job import JobState, Outcome, PrintJob, Result
from houtai.domain.printing.layout import Language, Layout, Size
from houtai.domain.printing.printer import PrinterState
from houtai.domain.printing.refusals import (
    FontMissing,
    NotPrintedYet,
    PageNotThere,
    PrintedBefore,
    PrinterCannot,
    TemplateOfAnotherKind,
)
from houtai.domain.refusal import AlreadyExists, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.conftest import StillClock
from tests.printing.room import ALL, LABELS, PICKS, WAREHOUSE, WAYBILL, Room, ToldPress
from tests.printing.samples import SAMPLES

ELSEWHERE = WarehouseId(UUID(int=72))
MANIFEST = SAMPLES[DocumentKind.HANDOVER_MANIFEST]  # two pages of A4


@pytest.fixture
def room(memory_office: Office, system: Act) -> Room:
    return Room(memory_office, system)


def clerk(room: Room, warehouse: WarehouseId, *verbs: str) -> Act:
    grants = tuple(Grant(verb, {Dimension.WAREHOUSE: frozenset({warehouse})}) for verb in verbs)
    return attrs.evolve(room.act, actor=UUID(int=5), authority=Authority(UUID(int=5), grants), name="clerk")


def again(room: Room, job: PrintJob, reason: str = "label torn", **more: object) -> PrintJob:
    cmd = Reprint(job=PrintJobId(new_id()), of=job.id, reason=reason, **more)  # type: ignore[arg-type]  # a reprint's fields
    return room.office.perform(reprint, cmd, room.act)


def delivered(room: Room, document: object = WAYBILL, *outcomes: Outcome) -> PrintJob:
    room.press.outcomes = list(outcomes) or [Outcome(Result.DONE)]
    return room.prints.deliver(room.ask_for(room.printer(), document).id)


def test_a_job_is_stored_whole_and_goes_from_queue_to_paper(office: Office, system: Act) -> None:
    room = Room(office, system)
    printer = room.printer()
    job = room.ask_for(printer, copies=2)
    assert office.ask(show_job, job.id, system) == job
    done = room.prints.deliver(job.id)
    assert (done.state, done.attempt, office.ask(show_job, job.id, system)) == (JobState.DONE, 1, done)
    assert office.ask(list_jobs, ListJobs(JobFilter(job.subject, JobState.DONE, printer.id)), system).items == (done,)
    copy = again(room, done)
    assert office.ask(list_reprints, job.id, system) == (copy,)
    assert office.ask(list_printers, ListPrinters(WAREHOUSE), system).items == (printer,)


def test_the_same_waybill_asked_for_twice_is_one_label(room: Room) -> None:
    printer = room.printer()
    first, second = room.ask_for(printer), room.ask_for(printer)
    assert (second.id, len(room.press.sent)) == (first.id, 0)
    room.prints.deliver(first.id)
    room.prints.deliver(second.id)
    assert len(room.press.sent) == 1


def test_the_same_waybill_number_with_other_content_is_refused(room: Room) -> None:
    printer = room.printer()
    room.ask_for(printer)
    assert isinstance(WAYBILL, ExpressWaybill)
    with pytest.raises(PrintedBefore):
        room.ask_for(printer, attrs.evolve(WAYBILL, route_code="999"))


def test_a_waybill_on_another_printer_is_still_the_same_label(room: Room) -> None:
    first = room.ask_for(room.printer())
    assert room.ask_for(room.printer(code="P2")).id == first.id


def test_another_number_of_copies_of_a_list_is_another_job(room: Room) -> None:
    printer = room.printer()
    assert room.ask_for(printer, PICKS).id != room.ask_for(printer, PICKS, copies=2).id


def test_a_reprint_keeps_the_number_is_counted_and_says_why(room: Room) -> None:
    done = delivered(room)
    first, second = again(room, done), again(room, done, "lost")
    assert [(job.subject, job.reprint_no, job.reason) for job in (first, second)] == [
        (done.subject, 1, "label torn"),
        (done.subject, 2, "lost"),
    ]
    assert room.office.ask(show_job, done.id, room.act).reprints == 2


def test_a_reprint_of_a_reprint_counts_on_from_the_first_label(room: Room) -> None:
    done = delivered(room)
    once = room.prints.deliver(again(room, done).id)
    assert (again(room, once).reprint_of, room.office.ask(show_job, done.id, room.act).reprints) == (done.id, 2)


def test_the_same_reprint_twice_is_one(room: Room) -> None:
    done = delivered(room)
    cmd = Reprint(job=PrintJobId(new_id()), of=done.id, reason="torn")
    first = room.office.perform(reprint, cmd, room.act)
    assert room.office.perform(reprint, cmd, room.act) == first
    assert room.office.ask(show_job, done.id, room.act).reprints == 1


def test_what_waits_or_was_cancelled_cannot_be_reprinted(room: Room) -> None:
    job = room.ask_for(room.printer())
    with pytest.raises(NotPrintedYet):
        again(room, job)
    cancelled = room.office.perform(cancel_job, CancelJob(job.id, 1, "wrong order"), room.act)
    with pytest.raises(NotPrintedYet):
        again(room, cancelled)


def test_a_cancelled_job_that_never_left_makes_room_for_the_same_content(room: Room) -> None:
    printer = room.printer()
    job = room.ask_for(printer)
    room.office.perform(cancel_job, CancelJob(job.id, 1, "wrong order"), room.act)
    assert room.ask_for(printer).id != job.id


def test_an_uncertain_label_that_is_cancelled_still_holds_its_number(room: Room) -> None:
    torn = delivered(room, WAYBILL, Outcome(Result.UNCERTAIN, "hung up"))
    room.office.perform(cancel_job, CancelJob(torn.id, torn.version, "order stopped"), room.act)
    assert room.ask_for(room.printer(code="P2")).id == torn.id


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (Result.DONE, JobState.DONE),
        (Result.ACCEPTED, JobState.ACCEPTED),
        (Result.NOT_REACHED, JobState.QUEUED),
        (Result.REFUSED, JobState.FAILED),
        (Result.UNCERTAIN, JobState.UNCERTAIN),
    ],
)
def test_what_the_printer_says_decides_the_jobs_state(room: Room, result: Result, state: JobState) -> None:
    assert delivered(room, WAYBILL, Outcome(result, "so it said")).state is state


def test_a_job_whose_printer_was_away_is_sent_again_and_once_only(room: Room) -> None:
    waiting = delivered(room, WAYBILL, Outcome(Result.NOT_REACHED, "paper out"), Outcome(Result.DONE))
    assert (waiting.state, waiting.last_error) == (JobState.QUEUED, "paper out")
    assert room.prints.deliver(waiting.id).state is JobState.DONE
    assert (room.prints.deliver(waiting.id).attempt, len(room.press.sent)) == (2, 2)


def test_a_job_that_waited_too_long_is_not_printed_by_surprise(room: Room, clock: StillClock) -> None:
    job = room.ask_for(room.printer(), good_for_s=60)
    clock.advance(seconds=60)
    assert (room.prints.deliver(job.id).state, room.press.sent) == (JobState.FAILED, [])


def test_a_job_in_another_process_is_left_alone_and_uncertain_once_that_one_is_gone(room: Room, clock: StillClock) -> None:
    job = room.ask_for(room.printer())
    assert room.office.perform(begin_sending, job.id, room.act).go
    assert room.prints.deliver(job.id).state is JobState.SENT
    clock.advance(seconds=61)
    assert (room.prints.deliver(job.id).state, room.press.sent) == (JobState.UNCERTAIN, [])


def test_an_outcome_of_an_earlier_try_changes_nothing(room: Room) -> None:
    done = delivered(room)
    late = RecordOutcome(done.id, 0, Outcome(Result.REFUSED))
    assert room.office.perform(record_outcome, late, room.act) == done


def test_a_renderer_that_refuses_fails_the_job_with_its_words(room: Room) -> None:
    room.press = ToldPress([FontMissing()])
    failed = room.prints.deliver(room.ask_for(room.printer()).id)
    assert (failed.state, "HOUTAI_FONT" in failed.last_error) == (JobState.FAILED, True)


def test_after_a_jam_the_rest_is_printed_from_the_page_that_is_missing(room: Room) -> None:
    torn = delivered(room, MANIFEST, Outcome(Result.UNCERTAIN, "jam", pages_out=1), Outcome(Result.DONE))
    assert torn.first_page == 2
    queued = room.office.perform(resume_job, ResumeJob(torn.id, torn.version, "jam cleared", torn.first_page), room.act)
    assert (queued.state, queued.first_page, queued.rounds) == (JobState.QUEUED, 2, 2)
    assert (room.prints.deliver(torn.id).state, room.press.sent[-1].job.first_page) == (JobState.DONE, 2)


def test_a_page_that_the_document_does_not_have_is_refused(room: Room) -> None:
    torn = delivered(room, MANIFEST, Outcome(Result.UNCERTAIN, "jam"))
    with pytest.raises(PageNotThere):
        room.office.perform(resume_job, ResumeJob(torn.id, torn.version, "jam", 3), room.act)


def test_a_job_on_paper_is_neither_resumed_settled_nor_cancelled(room: Room) -> None:
    done = delivered(room)
    for use_case, cmd in (
        (resume_job, ResumeJob(done.id, done.version, "again")),
        (settle_job, SettleJob(done.id, done.version, printed=False, reason="gone")),
        (cancel_job, CancelJob(done.id, done.version, "no")),
    ):
        with pytest.raises(IllegalMove):
            room.office.perform(use_case, cmd, room.act)  # type: ignore[arg-type]  # each with its own command


@pytest.mark.parametrize(("printed", "state"), [(True, JobState.DONE), (False, JobState.FAILED)])
def test_somebody_who_looked_settles_an_uncertain_job(room: Room, printed: bool, state: JobState) -> None:
    torn = delivered(room, WAYBILL, Outcome(Result.UNCERTAIN, "hung up"))
    settled = room.office.perform(settle_job, SettleJob(torn.id, torn.version, printed, "I looked"), room.act)
    assert settled.state is state


def test_an_edit_rests_on_the_jobs_version(room: Room) -> None:
    job = room.ask_for(room.printer())
    with pytest.raises(VersionConflict):
        room.office.perform(cancel_job, CancelJob(job.id, 2, "no"), room.act)


def test_an_accepted_job_is_asked_about_until_it_is_on_paper(room: Room) -> None:
    accepted = delivered(room, WAYBILL, Outcome(Result.ACCEPTED, remote="12"), Outcome(Result.ACCEPTED), Outcome(Result.DONE))
    topics = [message.topic for message in room.office.ask(list_messages, ListMessages(Page(), Delivery.PENDING), room.act).items]
    assert sorted(topics) == ["printing.ask", "printing.print"]
    assert room.prints.ask(accepted.id).state is JobState.ACCEPTED
    assert room.prints.ask(accepted.id).state is JobState.DONE
    assert room.prints.ask(accepted.id).state is JobState.DONE


def test_a_printer_without_the_paper_the_duty_or_in_retirement_is_refused(room: Room) -> None:
    labels = room.printer(LABELS)
    with pytest.raises(PrinterCannot, match="a4"):
        room.ask_for(labels, PICKS)
    only = room.printer(attrs.evolve(ALL, kinds=(DocumentKind.INVOICE,)), "P2")
    with pytest.raises(PrinterCannot, match="other documents"):
        room.ask_for(only, PICKS)
    retired = room.office.perform(edit_printer, EditPrinter(only.id, 1, "x", ALL, PrinterState.RETIRED), room.act)
    with pytest.raises(PrinterCannot, match="retired"):
        room.ask_for(retired, PICKS)


def test_a_waybill_without_a_template_takes_the_paper_that_the_printer_holds(room: Room) -> None:
    small = room.printer(attrs.evolve(LABELS, sizes=(Size.MM_76_130,)))
    assert room.ask_for(small).size is Size.MM_76_130


def test_a_code_is_taken_once_and_an_edit_rests_on_the_printers_version(room: Room) -> None:
    printer = room.printer()
    with pytest.raises(AlreadyExists):
        room.printer()
    with pytest.raises(VersionConflict):
        room.office.perform(edit_printer, EditPrinter(printer.id, 2, "x", ALL), room.act)


def publish(room: Room, template: PrintTemplateId, version: int = 0, **layout: object) -> None:
    chosen = Layout(Size.MM_100_150, **layout)  # type: ignore[arg-type]  # a layout's fields
    cmd = PublishTemplate(template, "sf", "顺丰", DocumentKind.EXPRESS_WAYBILL, chosen, version)
    room.office.perform(publish_template, cmd, room.act)


def test_a_job_keeps_the_edition_it_was_printed_with(office: Office, system: Act) -> None:
    room = Room(office, system)
    template = PrintTemplateId(new_id())
    publish(room, template, title="一版", language=Language.ENGLISH)
    job = room.ask_for(room.printer(), template=template)
    publish(room, template, 1, title="二版")
    assert office.ask(read_job, job.id, system).layout.title == "一版"
    shown = office.ask(show_print_template, template, system)
    assert (shown.edition.layout.title, shown.template.edition) == ("二版", 2)
    assert office.ask(list_print_templates, ListTemplates(DocumentKind.EXPRESS_WAYBILL), system).items == (shown.template,)


def test_a_template_is_for_one_kind_one_code_and_papers_that_suit_it(room: Room) -> None:
    template = PrintTemplateId(new_id())
    publish(room, template)
    with pytest.raises(TemplateOfAnotherKind):
        room.ask_for(room.printer(), PICKS, template=template)
    with pytest.raises(AlreadyExists):
        publish(room, PrintTemplateId(new_id()))
    with pytest.raises(VersionConflict):
        publish(room, template, 7)
    with pytest.raises(InvalidValue, match="size"):
        cmd = PublishTemplate(PrintTemplateId(new_id()), "x", "x", DocumentKind.INVOICE, Layout(Size.MM_40_30))
        room.office.perform(publish_template, cmd, room.act)


def test_a_retired_template_prints_nothing_new(room: Room) -> None:
    template = PrintTemplateId(new_id())
    publish(room, template)
    room.office.perform(retire_template, RetireTemplate(template, 1), room.act)
    with pytest.raises(IllegalMove):
        room.ask_for(room.printer(), template=template)
    with pytest.raises(IllegalMove):
        publish(room, template, 2)


def test_a_clerk_prints_and_sees_only_in_the_own_warehouse(room: Room) -> None:
    printer = room.printer()
    job = room.ask_for(printer)
    verbs = ("printing.print", "printing.read", "printing.settle", "printing.reprint", "printing.configure")
    own, stranger = clerk(room, WAREHOUSE, *verbs), clerk(room, ELSEWHERE, *verbs)
    assert room.office.ask(show_job, job.id, own) == job
    for query, key in ((show_job, job.id), (show_printer, printer.id), (read_job, job.id)):
        with pytest.raises(NotFound):
            room.office.ask(query, key, stranger)  # type: ignore[arg-type]  # each with its own key
    with pytest.raises(NotFound):
        room.office.perform(cancel_job, CancelJob(job.id, 1, "no"), stranger)
    with pytest.raises(NotFound):
        room.office.perform(edit_printer, EditPrinter(printer.id, 1, "x", ALL), stranger)
    with pytest.raises(Forbidden):
        Room(room.office, stranger).ask_for(printer, PICKS)
    assert room.office.ask(list_jobs, ListJobs(), stranger).items == ()
    assert room.office.ask(list_jobs, ListJobs(), own).items == (job,)
    assert room.office.ask(list_printers, ListPrinters(), stranger).items == ()


def test_another_warehouses_clerk_finds_nothing_to_reprint(room: Room) -> None:
    done = delivered(room)
    with pytest.raises(NotFound):
        again(Room(room.office, clerk(room, ELSEWHERE, "printing.reprint")), done)


def test_the_operation_log_holds_no_document(room: Room) -> None:
    room.ask_for(room.printer())
    entries = room.office._store.audit  # type: ignore[attr-defined]  # the memory store's own list
    assert "上海市" not in str(entries)
