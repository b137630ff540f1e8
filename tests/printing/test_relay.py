"""Print jobs through the outbox: delivered after the commit, again while the printer is away, and followed to paper."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.application.deliveries import Outside
from houtai.application.office import Office
from houtai.application.outbox import Delivery
from houtai.application.paging import Page
from houtai.application.printing.queries import show_job
from houtai.application.printing.track import ResumeJob, resume_job
from houtai.application.relay import ListMessages, Relay, list_messages
from houtai.domain.act import Act
from houtai.domain.printing.job import JobState, Outcome, Result
from tests.conftest import StillClock
from tests.printing.room import Room


def relay(room: Room, *, press: bool = True) -> Relay:
    outside = Outside(room.office, {}, EmbeddedChannel, press=room.press if press else None)
    return Relay(room.office, outside.deliverers(), jitter=lambda _: 0)


def pending(room: Room) -> list[Any]:
    return list(room.office.ask(list_messages, ListMessages(Page(), Delivery.PENDING), room.act).items)


def test_a_requested_print_is_brought_to_its_printer_once(office: Office, system: Act) -> None:
    room = Room(office, system)
    job = room.ask_for(room.printer())
    assert (relay(room).run_until_idle(), relay(room).run_until_idle()) == (1, 0)
    assert (office.ask(show_job, job.id, system).state, len(room.press.sent)) == (JobState.DONE, 1)


def test_a_station_that_printed_at_once_leaves_the_relay_nothing_to_print(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    room.prints.deliver(room.ask_for(room.printer()).id)
    relay(room).run_until_idle()
    assert (len(room.press.sent), pending(room)) == (1, [])


def test_a_printer_that_was_away_gets_the_job_when_it_is_back(memory_office: Office, system: Act, clock: StillClock) -> None:
    room = Room(memory_office, system)
    room.press.outcomes = [Outcome(Result.NOT_REACHED, "paper out"), Outcome(Result.DONE)]
    job = room.ask_for(room.printer())
    relay(room).run_until_idle()
    assert [message.last_error for message in pending(room)] == ["paper out"]
    clock.advance(seconds=10)
    relay(room).run_until_idle()
    assert memory_office.ask(show_job, job.id, system).state is JobState.DONE


def test_what_a_printer_accepted_is_followed_to_paper(memory_office: Office, system: Act, clock: StillClock) -> None:
    room = Room(memory_office, system)
    room.press.outcomes = [Outcome(Result.ACCEPTED, remote="4"), Outcome(Result.ACCEPTED, "media-empty"), Outcome(Result.DONE)]
    job = room.ask_for(room.printer())
    for _ in range(3):
        relay(room).run_until_idle()
        clock.advance(seconds=30)
    assert (memory_office.ask(show_job, job.id, system).state, pending(room)) == (JobState.DONE, [])


def test_a_resumed_job_is_brought_to_its_printer_again(memory_office: Office, system: Act) -> None:
    room = Room(memory_office, system)
    room.press.outcomes = [Outcome(Result.UNCERTAIN, "jam"), Outcome(Result.DONE)]
    job = room.ask_for(room.printer())
    relay(room).run_until_idle()
    torn = memory_office.ask(show_job, job.id, system)
    memory_office.perform(resume_job, ResumeJob(job.id, torn.version, "cleared"), system)
    relay(room).run_until_idle()
    assert (memory_office.ask(show_job, job.id, system).state, len(room.press.sent)) == (JobState.DONE, 2)


@pytest.mark.parametrize("press", [False])
def test_a_house_without_a_press_keeps_its_jobs(memory_office: Office, system: Act, press: bool) -> None:
    room = Room(memory_office, system)
    room.ask_for(room.printer())
    relay(room, press=press).run_until_idle()
    assert [message.last_error for message in pending(room)] == ["this house has no press"]
