"""The ways to printers, each with its faults: what left is never said to be on paper, and nothing waits for longer than told."""

from __future__ import annotations

import os
import socket
import stat
import time
from pathlib import Path

import attrs
import pytest

from houtai.adapters.printing import cups, file, ipp, raw
from houtai.adapters.printing.press import PrinterPress
from houtai.application.office import Office
from houtai.application.plain import to_plain
from houtai.application.printing.ports import Rendered
from houtai.application.printing.queries import read_job, show_job
from houtai.application.printing.room import PrintRoom
from houtai.domain.act import Act
from houtai.domain.printing.documents import CloudDocument, DocumentKind
from houtai.domain.printing.job import JobState, Result
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from tests.printing.ipp_everywhere import (
    IppEverywhere,
    ipp_everywhere as ipp_everywhere,  # noqa: PLC0414  # a fixture
)
from tests.printing.printers import (
    ALL_WELL,
    HEAD_OPEN,
    PAPER_OUT,
    hangs_up,
    ipp_answer,
    ipp_printer,
    job_answer,
    raw_printer,
    reads_all,
    stops_reading,
)
from tests.printing.room import ALL, PICKS, WAYBILL, Room
from tests.printing.samples import SAMPLES, pictures, read_codes, texts_of

LABEL = Rendered(b"^XA" + b"x" * 2_000 + b"^XZ", "application/vnd.zebra-zpl", "zpl", 1, (2_006,))
MANY = Rendered(b"x" * 8_000_000, "application/vnd.zebra-zpl", "zpl", 8, tuple(range(1_000_000, 8_000_001, 1_000_000)))
PDF = Rendered(b"%PDF-1.4 and so on", "application/pdf", "pdf", 1)


def test_a_good_printer_gets_every_byte_and_has_accepted_them() -> None:
    with raw_printer(reads_all, ALL_WELL) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ZPL, LABEL, 2_500)
    assert (outcome.result, bytes(printer.got)) == (Result.ACCEPTED, LABEL.content)


def test_other_languages_are_not_asked_for_their_status() -> None:
    with raw_printer(reads_all) as printer:
        raw.send(printer.address, PrinterLanguage.ESC_POS, LABEL, 2_500)
    assert bytes(printer.got) == LABEL.content


def test_a_zpl_printer_that_tells_nothing_is_sent_the_label_all_the_same() -> None:
    with raw_printer(reads_all) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ZPL, LABEL, 2_500)
    assert (outcome.result, LABEL.content in bytes(printer.got)) == (Result.ACCEPTED, True)


@pytest.mark.parametrize(("status", "words"), [(PAPER_OUT, "paper out"), (HEAD_OPEN, "head open")])
def test_a_printer_that_lacks_something_is_sent_nothing(status: bytes, words: str) -> None:
    with raw_printer(reads_all, status) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ZPL, LABEL, 2_500)
    assert (outcome.result, outcome.detail, bytes(printer.got)) == (Result.NOT_REACHED, words, b"")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400", ALL_WELL])
def test_what_is_no_fault_stops_no_label(answer: bytes) -> None:
    assert raw.fault_in(answer) == ""


def test_an_unknown_fault_is_told_by_its_number() -> None:
    assert raw.fault_in(b"ERRORS: 1 00000001 00000000") == "the printer reports error 00000001 00000000"


def test_a_printer_that_stops_reading_is_uncertain_within_three_seconds() -> None:
    began = time.monotonic()
    with raw_printer(stops_reading) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ESC_POS, MANY, 1_000)
        took = time.monotonic() - began
    assert (outcome.result, "stopped reading" in outcome.detail, took < 3) == (Result.UNCERTAIN, True, True)


def test_a_printer_that_hangs_up_in_the_middle_is_uncertain() -> None:
    with raw_printer(hangs_up) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ESC_POS, MANY, 2_500)
    assert (outcome.result, "hung up" in outcome.detail) == (Result.UNCERTAIN, True)
    assert 0 <= outcome.pages_out < MANY.pages


def test_a_printer_that_hangs_up_after_the_last_byte_was_written_is_uncertain_too() -> None:
    with raw_printer(hangs_up) as printer:
        outcome = raw.send(printer.address, PrinterLanguage.ESC_POS, LABEL, 2_500)
    assert outcome.result is Result.UNCERTAIN


def test_where_nobody_listens_nothing_was_printed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = raw.send(f"127.0.0.1:{taken.getsockname()[1]}", PrinterLanguage.ZPL, LABEL, 2_500)
    assert outcome.result is Result.NOT_REACHED


@pytest.mark.parametrize(
    ("address", "parts"),
    [("p1", ("p1", 9100)), ("10.0.0.1:6101", ("10.0.0.1", 6101)), ("[::1]", ("::1", 9100)), ("[::1]:9", ("::1", 9))],
)
def test_the_usual_port_goes_without_saying(address: str, parts: tuple[str, int]) -> None:
    assert raw.host_and_port(address) == parts


def test_an_ipp_printer_says_when_a_job_is_on_paper() -> None:
    with ipp_printer(job_answer(7, 5), job_answer(7, 9)) as printer:
        sent = ipp.send(printer.address, PDF, "拣货单", 2, 2_500)
        done = ipp.ask(printer.address, sent.remote, 2_500)
    assert (sent.result, sent.remote, done.result) == (Result.ACCEPTED, "7", Result.DONE)
    assert printer.asked[0].endswith(PDF.content)
    assert "拣货单".encode() in printer.asked[0]
    assert b"application/pdf" in printer.asked[0]
    assert b"\x21\x00\x06copies\x00\x04\x00\x00\x00\x02" in printer.asked[0]


def test_a_busy_ipp_printer_is_asked_again_until_it_takes_the_job() -> None:
    with ipp_printer(ipp_answer(0x0507), ipp_answer(0x0507), job_answer(3, 3)) as printer:
        outcome = ipp.send(printer.address, PDF, "x", 1, 2_500)
    assert (outcome.result, len(printer.asked)) == (Result.ACCEPTED, 3)


def test_an_ipp_printer_that_stays_busy_has_printed_nothing_and_is_left_in_time() -> None:
    began = time.monotonic()
    with ipp_printer(ipp_answer(0x0507)) as printer:
        outcome = ipp.send(printer.address, PDF, "x", 1, 1_000)
    assert (outcome.result, "busy" in outcome.detail, time.monotonic() - began < 3) == (Result.NOT_REACHED, True, True)


def test_a_format_that_the_printer_does_not_take_is_refused_for_good() -> None:
    said = (0x41, "status-message", b"document-format")
    with ipp_printer(ipp_answer(0x040B, said)) as printer:
        outcome = ipp.send(printer.address, PDF, "x", 1, 2_500)
    assert outcome.result is Result.REFUSED
    assert ("0x040b" in outcome.detail, "document-format" in outcome.detail) == (True, True)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (job_answer(7, 5), Result.ACCEPTED),
        (job_answer(7, 6, b"media-empty"), Result.ACCEPTED),
        (job_answer(7, 7, b"job-canceled-at-device"), Result.UNCERTAIN),
        (job_answer(7, 8, b"aborted-by-system"), Result.UNCERTAIN),
        (job_answer(7, 9), Result.DONE),
        (ipp_answer(0x0406), Result.UNCERTAIN),
        (None, Result.ACCEPTED),
        (500, Result.ACCEPTED),
        (b"\x01", Result.ACCEPTED),
    ],
)
def test_what_a_printer_says_of_a_job_is_what_is_known(answer: bytes | int | None, result: Result) -> None:
    with ipp_printer(answer) as printer:
        assert ipp.ask(printer.address, "7", 1_000).result is result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (None, Result.UNCERTAIN),
        (b"not ipp", Result.UNCERTAIN),
        (404, Result.NOT_REACHED),
        (ipp_answer(0x0500), Result.NOT_REACHED),
    ],
)
def test_a_request_without_an_answer_may_have_been_printed(answer: bytes | int | None, result: Result) -> None:
    with ipp_printer(answer) as printer:
        assert ipp.send(printer.address, PDF, "x", 1, 1_000).result is result


def test_a_printer_that_answers_too_late_is_uncertain_in_time() -> None:
    began = time.monotonic()
    with ipp_printer(job_answer(1, 9), wait_s=1.5) as printer:
        outcome = ipp.send(printer.address, PDF, "x", 1, 500)
        took = time.monotonic() - began
    assert (outcome.result, took < 1.4) == (Result.UNCERTAIN, True)


def test_where_no_ipp_printer_is_nothing_was_printed() -> None:
    assert ipp.send("ipp://127.0.0.1:1/ipp", PDF, "x", 1, 1_000).result is Result.NOT_REACHED


def test_a_real_ipp_printer_takes_a_pick_list(ipp_everywhere: IppEverywhere) -> None:
    address = ipp_everywhere.address
    refused = ipp.send(address, attrs.evolve(PDF, media_type="application/x-none"), "x", 1, 2_500)
    sent = ipp.send(address, PDF, "拣货单", 1, 2_500)
    outcome = sent
    for _ in range(100):
        if outcome.result is Result.DONE:
            break
        time.sleep(0.1)
        outcome = ipp.ask(address, sent.remote, 2_500)
    assert (refused.result, outcome.result) == (Result.REFUSED, Result.DONE)
    assert PDF.content in ipp_everywhere.spooled()


def lp(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program called lp that does this."""
    program = folder / "lp"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_cups_is_handed_the_file_the_queue_and_the_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lp(tmp_path, f'echo "$@" > {tmp_path}/said; cat > {tmp_path}/got; echo "request id is office-42 (1 file(s))"', monkeypatch)
    outcome = cups.send("office", PDF, "pick list; $(id)", 2, 2_500)
    assert (outcome.result, outcome.detail, (tmp_path / "got").read_bytes()) == (
        Result.ACCEPTED,
        "request office-42",
        PDF.content,
    )
    assert (tmp_path / "said").read_text() == "-d office -n 2 -t pick list; $(id) -- -\n"


def test_cups_passes_a_printers_own_language_on_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lp(tmp_path, f'echo "$@" > {tmp_path}/said; cat > /dev/null', monkeypatch)
    cups.send("labels", LABEL, "x", 1, 2_500)
    assert "-o raw" in (tmp_path / "said").read_text()


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("cat > /dev/null; echo 'The printer or class does not exist.' >&2; exit 1", Result.REFUSED),
        ("exec sleep 5", Result.UNCERTAIN),
    ],
)
def test_cups_says_no_or_nothing(script: str, result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lp(tmp_path, script, monkeypatch)
    assert cups.send("office", PDF, "x", 1, 800).result is result


def test_without_cups_nothing_was_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert cups.send("office", PDF, "x", 1, 800).result is Result.NOT_REACHED


def configured(language: PrinterLanguage, transport: Transport, address: str, *sizes: Size) -> PrinterConfiguration:
    return PrinterConfiguration(language, transport, address, sizes or ALL.sizes)


def test_a_folder_gets_whole_files_named_after_their_document(memory_office: Office, system: Act, tmp_path: Path) -> None:
    room = Room(memory_office, system)
    job = room.ask_for(room.printer(ALL), WAYBILL)
    done = PrintRoom(memory_office, PrinterPress(folder=tmp_path)).deliver(job.id)
    written = list((tmp_path / "desk").iterdir())
    assert (done.state, len(written), written[0].name.startswith("express-waybill-SF1234567890123-")) == (JobState.DONE, 1, True)
    assert texts_of(read_codes(pictures(written[0].read_bytes(), 203)[0])) == {"SF1234567890123"}


def test_a_folder_that_cannot_be_written_is_told(memory_office: Office, system: Act, tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("in the way")
    room = Room(memory_office, system)
    job = room.ask_for(room.printer(ALL))
    outcome = file.send(tmp_path, "desk", PDF, job)
    assert (outcome.result, "cannot be written" in outcome.detail) == (Result.NOT_REACHED, True)


def test_only_the_pages_after_the_jam_are_drawn(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    job = room.ask_for(room.printer(), SAMPLES[DocumentKind.HANDOVER_MANIFEST])
    sending = memory_office.ask(read_job, job.id, system)
    press = PrinterPress()
    rest = press.render(attrs.evolve(sending, job=attrs.evolve(job, first_page=2)))
    assert (press.render(sending).pages, rest.pages, len(pictures(rest.content, 203))) == (2, 1, 1)


def test_the_whole_way_to_a_zpl_printer_tells_of_paper_within_three_seconds(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    press = PrinterPress()
    with raw_printer(reads_all, PAPER_OUT) as printer:
        zebra = configured(PrinterLanguage.ZPL, Transport.RAW, printer.address, Size.MM_100_150)
        job = room.ask_for(room.printer(zebra))
        began = time.monotonic()
        told = PrintRoom(memory_office, press).deliver(job.id)
        took = time.monotonic() - began
    assert (told.state, told.last_error, took < 3) == (JobState.QUEUED, "paper out", True)


def test_a_receipt_printer_gets_escpos(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    with raw_printer(reads_all) as printer:
        slips = configured(PrinterLanguage.ESC_POS, Transport.RAW, printer.address, Size.ROLL_80)
        job = room.ask_for(room.printer(slips), PICKS, copies=2)
        told = PrintRoom(memory_office, PrinterPress()).deliver(job.id)
    assert (told.state, printer.got.count(b"\x1dVB\x00")) == (JobState.ACCEPTED, 2)


def test_an_ipp_job_is_followed_until_it_is_done(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    with ipp_printer(job_answer(9, 5), job_answer(9, 9)) as printer:
        office_printer = configured(PrinterLanguage.PDF, Transport.IPP, printer.address, Size.A4)
        prints = PrintRoom(memory_office, PrinterPress())
        accepted = prints.deliver(room.ask_for(room.printer(office_printer), PICKS).id)
        done = prints.ask(accepted.id)
    assert (accepted.state, accepted.remote, done.state) == (JobState.ACCEPTED, "9", JobState.DONE)


def test_a_platforms_label_waits_for_the_platforms_client_as_it_came(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    secret = CloudDocument(waybill="YT0001", platform="cainiao", content='{"encryptedData":"^XA~"}')
    bridge = configured(PrinterLanguage.CLOUD, Transport.CLOUD, "cainiao", Size.MM_100_180)
    job = room.ask_for(room.printer(bridge), secret)
    prints = PrintRoom(memory_office, PrinterPress())
    told = prints.deliver(job.id)
    drawn = prints.draw(memory_office.ask(read_job, job.id, system))
    assert (told.state, drawn.media_type, to_plain(secret)["content"].replace('"', '\\"').encode() in drawn.content) == (
        JobState.ACCEPTED,
        "application/json",
        True,
    )
    assert memory_office.ask(show_job, job.id, system).subject == "YT0001"
