"""A station over HTTP: what a bad line, a bad answer, an address and a limit do, and that nothing is done twice or lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import attrs
import httpx
import pytest

from houtai.adapters.stations_http import AnswerUnusable, HttpStation, checked_server, screen_of
from houtai.application.access.change_account import ChangeAccount, change_account
from houtai.application.office import Office
from houtai.domain.access.networks import networks
from houtai.domain.access.refusals import AddressNotAllowed, TooManyTries
from houtai.domain.act import Act
from houtai.domain.refusal import Busy, InvalidValue, OutcomeUnknown
from houtai.domain.warehouse.refusals import BadgeRefused
from houtai.domain.warehouse.words import Language
from houtai.domain.warehouse.work import Task
from houtai.entrypoints.http.rates import RATES, Rate
from houtai.entrypoints.terminal import app as screen
from houtai.entrypoints.terminal.app import StationApp
from tests.stations.floor import BADGE, PIN, Floor, said, some_desk
from tests.stations.line import Harm, Line, a_line
from tests.stations.served import a_server
from tests.stations.test_moving import FIRST, SECOND
from tests.stations.test_screen import Hand, played

DEADLINE_S = 2.0  # a machine that does much else answers within it all the same


@attrs.define
class Remote:
    """A floor over HTTP, the line to it, and how to come to it with other limits."""

    floor: Floor
    line: Line
    door: Any
    stack: ExitStack

    def port(self, **rates: Rate) -> HttpStation:
        """Another way in, at a server with these limits alone."""
        server = self.stack.enter_context(a_server(self.floor.office, self.floor.house, self.door, rates))
        return self.stack.enter_context(HttpStation(server, "M1"))


@pytest.fixture
def remote(memory_office: Office, clock: Any, system: Act) -> Iterator[Remote]:
    depot, house, station, door = some_desk(memory_office, clock, system)
    depot.put_away(6, depot.first)
    with ExitStack() as stack:
        line = stack.enter_context(a_line(stack.enter_context(a_server(memory_office, house, door))))
        port = stack.enter_context(HttpStation(line.url, "M1", deadline_s=DEADLINE_S))
        floor = Floor(depot, house, port, station, port.log_in(BADGE, PIN))
        floor.open(Task.MOVE)
        floor.scan(FIRST, "TEA")
        yield Remote(floor, line, door, stack)


@pytest.mark.parametrize("harm", [Harm.LOSE_REQUEST, Harm.LOSE_ANSWER])
def test_a_call_whose_connection_ends_is_repeated_and_done_once(remote: Remote, harm: Harm) -> None:
    remote.line.harms.append(harm)
    assert said(remote.floor.scan(SECOND)) == "moved"
    assert remote.floor.depot.lies()["A-02-01-1"] == 1


@pytest.mark.parametrize(
    "harms", [[Harm.LOSE_ANSWER] * 2, [Harm.LOSE_REQUEST] * 2, [Harm.LATE], [Harm.DRIP], [Harm.GATEWAY]], ids=str
)
def test_what_may_have_been_done_is_not_known_until_the_same_call_is_answered(remote: Remote, harms: list[Harm]) -> None:
    remote.line.harms.extend(harms)
    begun = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        remote.floor.scan(SECOND)
    assert time.monotonic() - begun < DEADLINE_S + 1
    again = remote.floor.port.scan(remote.floor.at.token, Task.MOVE, remote.floor.seq, SECOND)
    assert said(again) == "moved"
    assert remote.floor.depot.lies()["A-02-01-1"] == 1


@pytest.mark.parametrize("harm", [Harm.GARBAGE, Harm.LIST, Harm.EMPTY, Harm.HUGE, Harm.FAULT])
def test_an_answer_that_no_house_gives_is_told_and_never_taken_for_a_screen(remote: Remote, harm: Harm) -> None:
    remote.line.harms.append(harm)
    with pytest.raises(AnswerUnusable):
        remote.floor.scan(SECOND)
    again = remote.floor.port.scan(remote.floor.at.token, Task.MOVE, remote.floor.seq, SECOND)
    assert said(again) == "moved"


def test_a_screen_of_another_version_is_refused_and_not_half_shown(remote: Remote) -> None:
    good: dict[str, Any] = {"code": "prompt.move-from", "facts": {}}
    told = {"task": "move", "seq": 1, "prompt": good, "digits": "", "facts": [], "columns": [], "rows": [], "message": None}
    told["prints"] = {"waiting": True, "notices": [], "more": 0}
    shown = screen_of(told)
    assert (shown.prompt.code, shown.prints.waiting) == ("prompt.move-from", True)
    changes: list[dict[str, Any]] = [
        {"task": "juggle"},
        {"seq": "1"},
        {"prompt": {"code": "prompt.unheard-of", "facts": {}}},
        {"rows": [[1]]},
        {"message": {"level": "shouted", "phrase": good}},
        {"prints": None},
        {"prints": {"waiting": True, "notices": [{"level": "error"}], "more": 0}},
    ]
    for change in changes:
        with pytest.raises(AnswerUnusable):
            screen_of(told | change)


def test_no_server_is_busy_and_nothing_was_done() -> None:
    with HttpStation("http://127.0.0.1:9", "M1") as port, pytest.raises(Busy):
        port.log_in(BADGE, PIN)


def test_a_station_that_there_is_not_is_answered_like_a_wrong_pin(remote: Remote) -> None:
    with HttpStation(remote.line.url, "M9") as port, pytest.raises(BadgeRefused):
        port.log_in(BADGE, PIN)
    with HttpStation(remote.line.url, str(remote.floor.station.id)) as port:
        assert port.log_in(BADGE, PIN).station == "M1"


def test_wrong_pins_over_http_have_to_wait_as_everywhere(remote: Remote) -> None:
    for _ in range(6):
        with pytest.raises((BadgeRefused, TooManyTries)):
            remote.floor.port.log_in(BADGE, "999123")
    with pytest.raises(TooManyTries) as waiting:
        remote.floor.port.log_in(BADGE, PIN)
    assert waiting.value.retry_after_s > 0


def test_an_account_that_is_bound_to_other_networks_stays_out_and_its_token_is_dead(remote: Remote, system: Act) -> None:
    account = next(one for one in remote.floor.house.log(deed="begin_shift"))
    office = remote.floor.office
    found = remote.floor.house.door.act_of_token(remote.floor.at.token, system.origin)
    office.perform(change_account, ChangeAccount(found.actor, 2, networks=networks(("198.51.100.0/24",))), system)  # type: ignore[arg-type]  # an account's id
    assert account.outcome == "done"
    with pytest.raises(AddressNotAllowed):
        remote.floor.scan(SECOND)
    with pytest.raises(AddressNotAllowed):
        remote.floor.port.log_in(BADGE, PIN)


def test_a_token_counts_in_the_authorization_header_alone(remote: Remote) -> None:
    token, url = remote.floor.at.token, f"{remote.line.url}/v1/shifts/own/scans"
    body = {"task": "move", "seq": remote.floor.seq + 1, "code": SECOND}
    refused = [
        httpx.post(url, json=body, params={"token": token}),
        httpx.post(url, json=body, params={"access_token": token}),
        httpx.post(url, json=body, cookies={"token": token, "session": token}),
        httpx.post(url, json=body, headers={"x-api-key": token}),
        httpx.post(url, json=body, headers={"x-auth-token": token}),
    ]
    assert [answer.status_code for answer in refused] == [401] * 5
    assert httpx.post(url, json=body, headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_over_the_rate_of_its_account_a_station_waits_and_loses_nothing(remote: Remote) -> None:
    port = remote.port(write=Rate(60, 3))
    at = port.log_in(BADGE, PIN)
    seq = port.open_task(at.token, Task.LOOK_UP).seq
    done = 0
    with pytest.raises(Busy):
        for number in range(1, 9):
            port.scan(at.token, Task.LOOK_UP, seq + number, "TEA")
            done = number
    assert done == 2


def test_over_the_rate_of_logins_it_is_told_how_long_to_wait(remote: Remote) -> None:
    port = remote.port(login=Rate(60, 2))
    at = port.log_in(BADGE, PIN)
    port.unlock(at.token, BADGE, PIN)  # what asks for a PIN counts among logins
    with pytest.raises(TooManyTries):
        port.log_in(BADGE, PIN)


def test_a_burst_of_three_hundred_scans_is_within_the_rates(remote: Remote) -> None:
    port = remote.port(**RATES)
    at = port.log_in(BADGE, PIN)
    seq = port.open_task(at.token, Task.LOOK_UP).seq
    for number in range(1, 301):
        screen = port.scan(at.token, Task.LOOK_UP, seq + number, "TEA")
    assert screen.seq == seq + 300


@pytest.mark.parametrize(
    "wrong",
    ["10.0.0.9", "ftp://10.0.0.9", "https://", "https://u:p@10.0.0.9", "https://10.0.0.9/?a=1", "https://h:99999", "https://[x"],
)
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValue):
        checked_server(wrong)


def test_a_pin_travels_in_the_clear_to_this_machine_alone_unless_somebody_says_so() -> None:
    with pytest.raises(InvalidValue):
        checked_server("http://10.0.0.9:8000")
    assert checked_server("http://10.0.0.9:8000", plain=True) == "http://10.0.0.9:8000"
    assert checked_server("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert checked_server("https://houtai.example/here/") == "https://houtai.example/here"


def test_goods_are_moved_by_keys_alone_through_lost_answers(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "RETRY_S", 0.02)

    async def play(hand: Hand) -> None:
        await hand.scan(BADGE, PIN, "1", "C-CANCEL", FIRST, "TEA", "4")
        remote.line.harms.extend([Harm.LOSE_ANSWER] * 3 + [Harm.GATEWAY, Harm.DRIP])
        await hand.scan(SECOND)
        assert "[+] OK  4 of TEA moved to A-02-01-1" in hand.band
        remote.line.harms.append(Harm.FAULT)
        await hand.scan(FIRST)
        assert "[X] ERROR" in hand.band
        await hand.scan(SECOND)  # the number of the scan before, which was done: the screen is drawn anew
        assert "the work went on elsewhere" in hand.band.replace("\n", " ").lower()

    played(StationApp(remote.floor.port, language=Language.ENGLISH), play)
    assert remote.floor.depot.lies() == {"A-01-01-1": 2, "A-02-01-1": 4, "UNPLACED": 4}
