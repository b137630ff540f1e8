"""The operation log: found by what one looks for, and proved whole or broken at a named row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.application.access.change_account import MoveAccount, disable_account
from houtai.application.access.operation_log import ListLog, VerifyAudit, list_log, verify_audit
from houtai.application.audit import GENESIS, AuditEntry, Category, SealedEntry, first_broken, seal
from houtai.application.office import Office
from houtai.application.paging import Page, cursor_at
from houtai.domain.act import NOBODY
from houtai.domain.authority import Grant
from houtai.domain.refusal import Forbidden, InvalidValue
from tests.access.door import ELSEWHERE, House, guess, open_house

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


def entry(number: int) -> AuditEntry:
    """Some entry."""
    return AuditEntry(
        Category.OPERATION, NOON, NOBODY, "x", None, "http", "", "", f"deed {number}", "done", "", None, {"n": number}
    )


def chain(length: int) -> list[SealedEntry]:
    """A whole chain."""
    rows: list[SealedEntry] = []
    for number in range(1, length + 1):
        rows.append(seal(entry(number), number, rows[-1].hash if rows else GENESIS))
    return rows


@given(st.integers(0, 12))
def test_a_whole_chain_is_whole(length: int) -> None:
    assert first_broken(chain(length), head_seq=length) is None


@given(st.data())
def test_the_first_row_that_was_touched_is_named(data: st.DataObject) -> None:
    whole = chain(data.draw(st.integers(1, 10)))
    rows = list(whole)
    at = data.draw(st.integers(0, len(rows) - 1))
    damage = data.draw(st.sampled_from(["edit", "remove", "edit and reseal"]))
    expected = at + 1
    if damage == "remove":
        del rows[at]
    elif damage == "edit":
        rows[at] = attrs.evolve(rows[at], entry=attrs.evolve(rows[at].entry, outcome="forbidden"))
    else:
        rows[at] = seal(attrs.evolve(rows[at].entry, outcome="forbidden"), at + 1, rows[at].previous_hash)
        expected = min(at + 2, len(rows))  # the one behind it does not follow any more, or the head does not
    broken = first_broken(rows, head_seq=len(whole), head_hash=whole[-1].hash)
    assert broken is not None
    assert broken.seq == expected


def test_the_log_is_found_by_actor_deed_category_outcome_and_time(stored_house: House) -> None:
    house = stored_house
    li = house.person("li", Grant("orders.read"))
    start = house.clock.advance(minutes=1)
    house.enter("li", address=ELSEWHERE)
    house.clock.advance(minutes=1)
    guess(house, 2, name="li", address=ELSEWHERE)
    end = house.clock.advance(minutes=1)
    guess(house, 1, name="li", address=ELSEWHERE)
    found = house.log(actor=li.id, category=Category.LOGIN, since=start, until=end)
    assert [line.outcome for line in found] == ["access.login-refused", "access.login-refused", "done"]
    assert {line.deed for line in house.log(deed="open_account")} == {"open_account"}
    assert len(house.log(outcome="access.login-refused", since=start)) == 3


def test_the_log_comes_in_pages_both_ways(stored_house: House) -> None:
    everything = [line.deed for line in stored_house.log()]
    for newest_first in (True, False):
        collected: list[str] = []
        page = Page(limit=2, newest_first=newest_first)
        while True:
            part = stored_house.office.ask(list_log, ListLog(page=page), stored_house.system())
            collected += [sealed.entry.deed for sealed in part.items]
            if not part.has_more:
                break
            page = attrs.evolve(page, cursor=part.next_cursor)
        assert collected == (everything if newest_first else everything[::-1])


@pytest.mark.parametrize("cursor", ["x", cursor_at("abc"), cursor_at("9" * 30), cursor_at("-1")])
def test_a_foreign_cursor_is_refused(stored_house: House, cursor: str) -> None:
    with pytest.raises(InvalidValue):
        stored_house.office.ask(list_log, ListLog(page=Page(cursor=cursor)), stored_house.system())


def test_who_may_not_read_the_log_does_not(house: House) -> None:
    house.person("li", Grant("orders.read"))
    act = house.act("li")
    for query, request in ((list_log, ListLog()), (verify_audit, VerifyAudit())):
        with pytest.raises(Forbidden):
            house.office.ask(query, request, act)  # type: ignore[arg-type]  # two queries in one list
    assert house.log(actor=act.actor)[0].category is Category.REFUSAL


def test_a_whole_log_is_verified_with_its_last_hash(stored_house: House) -> None:
    verdict = stored_house.office.ask(verify_audit, VerifyAudit(), stored_house.system())
    assert (verdict.ok, verdict.broken) == (True, None)
    noted = VerifyAudit(verdict.rows, verdict.head_hash)
    stored_house.enter()
    assert stored_house.office.ask(verify_audit, noted, stored_house.system()).ok


def test_a_head_noted_outside_betrays_a_chain_that_was_made_anew(stored_house: House) -> None:
    verdict = stored_house.office.ask(verify_audit, VerifyAudit(1, "0" * 64), stored_house.system())
    assert verdict.broken is not None
    assert verdict.broken.seq == 1


def test_the_database_itself_refuses_to_change_a_row_of_the_log(sql_store: Any, clock: Any) -> None:
    open_house(Office(sql_store, clock), clock)
    for statement in ("UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="append-only"), sql_store.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_doctor_finds_nothing_after_a_busy_day_at_the_door(sql_store: Any, clock: Any) -> None:
    house = open_house(Office(sql_store, clock), clock)
    li = house.person("li", Grant("orders.read"))
    house.with_codes("li")
    guess(house, 6, name="li", address=ELSEWHERE)
    house.credentials.reset_password(li.id, house.system(), without_codes=True)
    house.office.perform(disable_account, MoveAccount(li.id, 5), house.system())
    assert [(finding.id, finding.first) for finding in examine(sql_store, CHECKS).broken()] == []
