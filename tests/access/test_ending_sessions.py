"""Sessions are listed and ended by whom they belong to, one by one and all."""

from __future__ import annotations

import pytest

from houtai.application.access.end_session import (
    EndOwnSessions,
    EndSession,
    EndSessionsOf,
    end_own_sessions,
    end_session,
    end_sessions_of,
)
from houtai.application.access.queries import list_own_sessions
from houtai.domain.access.session import token_hash
from houtai.domain.refusal import NotFound, Unauthenticated
from tests.access.door import ELSEWHERE, House, origin


def test_sessions_are_listed_and_ended_one_by_one_and_all(stored_house: House) -> None:
    house = stored_house
    tokens = [house.enter(address=address).token for address in ("203.0.113.7", ELSEWHERE, "192.0.2.1")]
    act = house.door.act_of_token(tokens[0], origin())
    listed = house.office.ask(list_own_sessions, token_hash(tokens[0]), act)
    assert sorted(session.address for session in listed if not session.current)[:2] == ["192.0.2.1", "198.51.100.23"]
    theirs = next(session for session in listed if session.address == ELSEWHERE)
    house.office.perform(end_session, EndSession(theirs.id), act)
    with pytest.raises(Unauthenticated):
        house.door.act_of_token(tokens[1], origin())
    house.office.perform(end_own_sessions, EndOwnSessions(token_hash(tokens[0])), act)
    assert [session.current for session in house.office.ask(list_own_sessions, token_hash(tokens[0]), act)] == [True]


def test_nobody_ends_the_session_of_another_as_their_own(house: House) -> None:
    session = house.enter().session
    house.person("li")
    with pytest.raises(NotFound):
        house.office.perform(end_session, EndSession(session.id), house.act("li"))
    assert house.office.perform(end_sessions_of, EndSessionsOf(session.account_id), house.system()) > 0
