"""What is over is forgotten after its time, piece by piece and in every store; everything else stays for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.all_checks import CHECKS
from houtai.adapters.sql.doctor.examine import examine
from houtai.adapters.sql.forgetting import OVER
from houtai.adapters.sql.rights import granted
from houtai.adapters.sql.store import SqlStore
from houtai.application.access.ports import KNOWN_FOR
from houtai.application.inventory.publish import TOPIC, PublishStock, publish_stock
from houtai.application.kept import KEPT_FOR, Kept
from houtai.application.numbers import next_number
from houtai.application.office import Office
from houtai.application.outbox import Delivery, Message
from houtai.application.permission import needs
from houtai.application.ports import HouseTx
from houtai.application.relay import ClaimMessages, Relay, claim_messages
from houtai.domain.access.lockout import BY_ACCOUNT, BY_ADDRESS
from houtai.domain.access.refusals import LoginRefused
from houtai.domain.act import Act
from houtai.domain.ids import new_id
from houtai.entrypoints.timers import forget_over
from tests.access.door import ELSEWHERE, House, open_house
from tests.conftest import StillClock
from tests.inventory.arrange import receive, some_shop, some_skus


@needs("tests.write")
def draw(tx: HouseTx, cmd: str, act: Act) -> str:
    return next_number(tx, cmd, act.at)


@needs("tests.write")
def send(tx: HouseTx, cmd: UUID, act: Act) -> None:
    tx.outbox.add(Message(cmd, "tests.topic", {}, act.at, act.at))


def drawn(office: Office, key: str) -> str:
    return office.perform(draw, "SO", Act.of_system(office.clock.now()), key=key)


def sent(office: Office) -> UUID:
    message = new_id()
    office.perform(send, message, Act.of_system(office.clock.now()))
    return message


def relay(office: Office) -> Relay:
    return Relay(office, {"tests.topic": lambda _: None}, jitter=lambda _: 0)


def count(store: Any, name: str) -> int:
    with store.snapshot() as views:
        if isinstance(store, SqlStore):
            return int(views.connection.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one())
        return len(store.shelves[name].held)


@pytest.fixture
def house(office: Office, clock: StillClock) -> House:
    return open_house(office, clock)


def test_an_answer_is_given_again_for_seven_days_and_then_forgotten(office: Office, store: Any, clock: StillClock) -> None:
    first = drawn(office, "old")
    clock.advance(days=6)
    later = drawn(office, "new")
    clock.advance(days=1)
    assert (forget_over(office, store, Kept.ANSWERS), drawn(office, "old")) == (0, first)
    clock.advance(seconds=1)
    assert (forget_over(office, store, Kept.ANSWERS), forget_over(office, store, Kept.ANSWERS)) == (1, 0)
    assert drawn(office, "new") == later
    assert drawn(office, "old") not in (first, later)


def test_many_go_in_pieces(office: Office, store: Any, clock: StillClock) -> None:
    for number in range(5):
        drawn(office, f"key {number}")
    moment = clock.advance(days=8)
    assert [store.forget(Kept.ANSWERS, moment, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_delivered_message_goes_after_thirty_days(office: Office, store: Any, clock: StillClock) -> None:
    sent(office)
    relay(office).run_until_idle()
    clock.advance(days=30)
    assert forget_over(office, store, Kept.MESSAGES) == 0
    clock.advance(seconds=1)
    assert (forget_over(office, store, Kept.MESSAGES), count(store, "outbox")) == (1, 0)


def test_a_message_that_waits_or_was_given_up_stays_however_old_it_is(office: Office, store: Any, clock: StillClock) -> None:
    given_up = sent(office)
    for _ in range(11):
        office.perform(claim_messages, ClaimMessages(1, 1), Act.of_system(clock.now()))
        clock.advance(seconds=1)
    waiting = sent(office)
    clock.advance(days=400)
    assert forget_over(office, store, Kept.MESSAGES) == 0
    with store.snapshot() as views:
        states = {key: message.state for key, message in views.outbox.many([given_up, waiting]).items()}
    assert states == {given_up: Delivery.GIVEN_UP, waiting: Delivery.PENDING}


def test_the_message_of_a_published_figure_goes_too(office: Office, store: Any, clock: StillClock) -> None:
    shop = some_shop(office, Act.of_system(clock.now()))
    (tea,) = some_skus(office, shop.act, "TEA")
    receive(office, shop.act, shop.warehouse, (tea, 5))
    office.perform(publish_stock, PublishStock(shop.channel, (tea,)), shop.act)
    written = count(store, "outbox")
    Relay(office, {TOPIC: lambda _: None}, jitter=lambda _: 0).run_until_idle()
    clock.advance(days=31)
    assert (forget_over(office, store, Kept.MESSAGES), count(store, "outbox")) == (written, 0)
    assert count(store, "publications") == written > 0


def test_sessions_go_ninety_days_after_their_end_and_the_log_says_so_first(house: House, store: Any, clock: StillClock) -> None:
    before = count(store, "sessions")
    house.enter()
    clock.advance(days=80)
    house.enter()
    clock.advance(days=10)
    assert forget_over(house.office, store, Kept.SESSIONS) == 0
    clock.advance(days=2)
    assert forget_over(house.office, store, Kept.SESSIONS) == before + 1
    assert (forget_over(house.office, store, Kept.SESSIONS), count(store, "sessions")) == (0, 1)
    (entry,) = house.log(deed="forget_sessions")
    midnight = (clock.now() - KEPT_FOR[Kept.SESSIONS]).replace(hour=0)
    assert dt.datetime.fromisoformat(entry.command["before"]) == midnight


def test_a_session_that_is_open_stays(house: House, store: Any) -> None:
    token = house.enter().token
    assert forget_over(house.office, store, Kept.SESSIONS) == 0
    assert house.door.act_of_token(token, house.act().origin).name


@pytest.mark.breaks("A3-sessions")
def test_the_doctor_knows_forgotten_sessions_from_those_that_were_taken_away(sql_store: SqlStore, clock: StillClock) -> None:
    house = open_house(Office(sql_store, clock), clock)
    clock.advance(days=91)
    house.enter()
    kept = clock.now()
    clock.advance(days=1)
    assert forget_over(house.office, sql_store, Kept.SESSIONS) > 0
    (check,) = (check for check in CHECKS if check.id == "A3-sessions")
    assert examine(sql_store, CHECKS).broken() == ()
    with sql_store.engine.begin() as connection:
        assert connection.execute(text("DELETE FROM sessions")).rowcount == 1
    (finding,) = examine(sql_store, [check]).broken()
    assert (finding.id, finding.count) == ("A3-sessions", 1), kept


def test_failed_logins_are_forgotten_once_they_count_for_nothing(house: House, store: Any, clock: StillClock) -> None:
    for _ in range(3):
        with pytest.raises(LoginRefused):
            house.enter("nobody", address=ELSEWHERE)
    tallies = count(store, "tallies")
    clock.advance(days=2)
    assert forget_over(house.office, store, Kept.TRIES) == 0
    clock.advance(seconds=1)
    assert (forget_over(house.office, store, Kept.TRIES), count(store, "tallies")) == (tallies, 0)
    assert house.enter().token


def test_no_wait_is_cut_short_by_forgetting() -> None:
    longest = max(rule.longest_s + rule.forget_s for rule in (BY_ACCOUNT, BY_ADDRESS))
    assert KEPT_FOR[Kept.TRIES] > dt.timedelta(seconds=longest)


def test_an_address_is_known_for_as_long_as_it_counts(house: House, store: Any, clock: StillClock) -> None:
    assert KEPT_FOR[Kept.ADDRESSES] == KNOWN_FOR
    known = count(store, "known_addresses")
    clock.advance(days=90)
    assert forget_over(house.office, store, Kept.ADDRESSES) == 0
    clock.advance(seconds=1)
    assert (known, forget_over(house.office, store, Kept.ADDRESSES), count(store, "known_addresses")) == (1, 1, 0)


def test_what_somebody_holds_is_passed_over(sql_store: SqlStore, clock: StillClock) -> None:
    """Whoever logs in right now is neither held up nor loses the count of their tries."""
    if sql_store.is_sqlite:
        pytest.skip("SQLite has one writer: nobody holds anything meanwhile")
    open_house(Office(sql_store, clock), clock)
    moment = clock.advance(days=91)
    with sql_store.begin() as tx:
        (known,) = (key for key in _known(sql_store))
        tx.known_addresses.lock([known])
        assert sql_store.forget(Kept.ADDRESSES, moment, 10) == 0
    assert sql_store.forget(Kept.ADDRESSES, moment, 10) == 1


def _known(store: SqlStore) -> list[tuple[UUID, str]]:
    with store.snapshot() as views:
        rows = views.connection.execute(text("SELECT account_id, neighbourhood FROM known_addresses"))
        return [(row.account_id, row.neighbourhood) for row in rows]


def test_no_ledger_no_log_and_no_document_is_among_what_is_forgotten() -> None:
    forgotten = {kept: over.table.name for kept, over in OVER.items()}
    assert forgotten == {
        Kept.ANSWERS: "requests",
        Kept.SESSIONS: "sessions",
        Kept.TRIES: "tallies",
        Kept.ADDRESSES: "known_addresses",
        Kept.MESSAGES: "outbox",
        Kept.WEBHOOKS: "webhook_deliveries",
    }
    assert not [name for name in forgotten.values() if METADATA.tables[name].info.get("append_only")]
    ledgers = {table.name for table in METADATA.sorted_tables if table.info.get("append_only")}
    assert {"audit_log", "timeline", "movements", "entries", "disclosures"} <= ledgers
    assert {name for name in ledgers if "DELETE" in granted()[name]} == set()


@pytest.mark.parametrize("table", ["audit_log", "timeline", "accounts"])
def test_the_program_cannot_delete_what_is_kept_for_ever(house: House, store: Any, table: str) -> None:
    if not isinstance(store, SqlStore) or (store.is_sqlite and table == "accounts"):
        pytest.skip("a store in memory has no rights, and SQLite guards ledgers alone")
    with store.engine.connect() as connection, pytest.raises(DBAPIError, match=r"append-only|permission denied"):
        connection.execute(text(f"DELETE FROM {table}"))
