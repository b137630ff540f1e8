"""Contract of the engine on every adapter: one deed is one transaction, done once, logged and undone whole."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import attrs
import pytest

from houtai.application.audit import first_broken
from houtai.application.catalog.define import DefineChannel, define_channel
from houtai.application.house import DUE, WITH_STATE
from houtai.application.masking import MASK_KEY
from houtai.application.numbers import next_number
from houtai.application.office import Office
from houtai.application.outbox import Message
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.ports import Counter, HouseTx
from houtai.application.taken import already_exists
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Grant
from houtai.domain.ids import ChannelId, new_id
from houtai.domain.refusal import AlreadyExists, Busy, InvalidValue, KeyReused


@attrs.frozen
class Count:
    name: str


@needs("tests.count")
def count(tx: HouseTx, cmd: Count, act: Act) -> str:
    return next_number(tx, cmd.name, act.at)


@needs("tests.count")
def count_and_stop(tx: HouseTx, cmd: Count, act: Act) -> str:
    next_number(tx, cmd.name, act.at)
    raise InvalidValue(field="name", rule="was refused after writing")


@needs("tests.send")
def send(tx: HouseTx, cmd: Count, act: Act) -> None:
    tx.outbox.add(Message(new_id(), cmd.name, {"name": "两字"}, act.at, act.at))


def test_a_number_counts_up_without_gaps(office: Office, system: Act) -> None:
    given = [office.perform(count, Count("SO"), system) for _ in range(3)]
    assert given == ["SO-20261122-000001", "SO-20261122-000002", "SO-20261122-000003"]


def test_the_same_key_and_body_get_the_first_answer(office: Office, system: Act) -> None:
    first = office.perform(count, Count("SO"), system, key="k")
    assert office.perform(count, Count("SO"), system, key="k") == first


def test_the_same_key_with_another_body_is_refused(office: Office, system: Act) -> None:
    office.perform(count, Count("SO"), system, key="k")
    with pytest.raises(KeyReused):
        office.perform(count, Count("PO"), system, key="k")


def test_sixteen_callers_of_one_key_get_one_answer(office: Office, system: Act) -> None:
    answers: list[str] = []
    callers = [
        threading.Thread(target=lambda: answers.append(office.perform(count, Count("SO"), system, key="k"))) for _ in range(16)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == ["SO-20261122-000001"] * 16


def test_a_refusal_rolls_everything_back(office: Office, system: Act) -> None:
    with pytest.raises(InvalidValue):
        office.perform(count_and_stop, Count("SO"), system)
    assert office.perform(count, Count("SO"), system) == "SO-20261122-000001"


def test_parallel_deeds_neither_lose_nor_double_a_number(office: Office, system: Act) -> None:
    given: list[str] = []

    def take() -> None:
        for _ in range(5):
            given.append(office.perform(count, Count("SO"), system))

    callers = [threading.Thread(target=take) for _ in range(6)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(given) == [f"SO-20261122-{number:06d}" for number in range(1, 31)]


def test_every_deed_stands_in_the_chained_log(office: Office, system: Act, store: object) -> None:
    for _ in range(3):
        office.perform(count, Count("SO"), system)
    with store.snapshot() as views:  # type: ignore[attr-defined]  # each adapter's own store
        chain = views.audit_chain()
        assert [entry.entry.deed for entry in chain] == ["count"] * 3
        assert first_broken(chain, head_seq=views.audit_head()) is None


def test_pages_cut_a_list_without_loss(office: Office, system: Act, store: object) -> None:
    for _ in range(7):
        office.perform(send, Count("topic"), system)
    seen = []
    page = Page(limit=3)
    with store.snapshot() as views:  # type: ignore[attr-defined]  # each adapter's own store
        while True:
            part = views.outbox.page(page, {WITH_STATE: "pending"})
            seen += [message.id for message in part.items]
            if not part.has_more:
                break
            page = attrs.evolve(page, cursor=part.next_cursor)
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 7


def test_due_records_are_locked_earliest_first(office: Office, system: Act, store: object) -> None:
    office.perform(send, Count("late"), attrs.evolve(system, at=system.at + dt.timedelta(hours=1)))
    office.perform(send, Count("early"), system)
    with store.begin() as tx:  # type: ignore[attr-defined]  # each adapter's own store
        due = tx.outbox.lock_due(DUE, system.at, 10)
    assert [message.topic for message in due] == ["early"]


def test_a_key_that_stays_taken_is_told_after_three_tries(office: Office, system: Act) -> None:
    tries = []

    @needs("tests.count")
    def add_blindly(tx: HouseTx, cmd: Count, act: Act) -> None:
        tries.append(cmd.name)
        tx.counters.add(Counter(cmd.name, 1))

    office.perform(add_blindly, Count("SO"), system)
    tries.clear()
    with pytest.raises(AlreadyExists, match="exists already") as refused:
        office.perform(add_blindly, Count("SO"), system)
    assert (tries, refused.value.what) == (["SO"] * 3, "counter")


def test_an_id_that_stays_taken_is_told_by_what_it_is_the_id_of(office: Office, system: Act) -> None:
    channel = ChannelId(new_id())
    office.perform(define_channel, DefineChannel(channel, "SHOP", "小店", "CNY"), system)
    with pytest.raises(AlreadyExists) as refused:
        office.perform(define_channel, DefineChannel(channel, "OTHER", "小店", "CNY"), system)
    assert refused.value.what == "channel"
    with pytest.raises(AlreadyExists, match="channel SHOP exists already"):
        office.perform(define_channel, DefineChannel(ChannelId(new_id()), "SHOP", "小店", "CNY"), system)


@pytest.mark.parametrize(
    ("constraint", "told"),
    [
        ("pk_channels", "channel key exists already"),
        ("uq_channels_code", "channel code exists already"),
        ("channels.id", "channel id exists already"),
        ("channels", "channel key exists already"),
        ("skus.code", "sku code exists already"),
        ("uq_coupon_templates_code", "coupon template code exists already"),
        ("stocks.sku_id, stocks.warehouse_id", "stock sku_id, warehouse_id exists already"),
        ("order_lines.number", "record with this key exists already"),
    ],
)
def test_a_constraint_is_told_without_its_table(constraint: str, told: str) -> None:
    assert str(already_exists(constraint)) == told


@pytest.mark.parametrize(("thing", "named"), [(Count, "Count"), (next_number, "next_number"), ("count", "'count'")])
def test_what_is_no_use_case_or_query_is_named(memory_office: Office, system: Act, thing: Any, named: str) -> None:
    for run in (memory_office.perform, memory_office.ask):
        with pytest.raises(TypeError, match=f"{named} is not a use case or query"):
            run(thing, Count("SO"), system)
    with pytest.raises(TypeError, match=f"{named} is not a use case or query"):
        memory_office.perform(thing, Count("SO"), system, key="k")


@attrs.frozen
class Priced:
    name: str = attrs.field(metadata={MASK_KEY: "name"})
    unit_minor: int = attrs.field(validator=limits.between(0, 9), metadata={MASK_KEY: "cost"})
    qty: int = 1


@needs("tests.price")
def price(tx: HouseTx, cmd: Count, act: Act) -> tuple[Priced, ...]:
    next_number(tx, cmd.name, act.at)
    return (Priced("SO", 7),)


def test_the_answer_of_a_use_case_is_blanked_each_time_by_the_rights_of_then(office: Office, system: Act) -> None:
    def act(*hidden: str) -> Act:
        return attrs.evolve(system, authority=Authority(system.actor, (Grant("tests.*", hidden=frozenset(hidden)),)))

    (first,) = office.perform(price, Count("SO"), act("cost", "name"), key="k")
    assert attrs.astuple(first) == ("•••", None, 1)
    assert office.perform(price, Count("SO"), act(), key="k") == (Priced("SO", 7),)
    (again,) = office.perform(price, Count("SO"), act("cost"), key="k")
    assert attrs.astuple(again) == ("SO", None, 1)


def test_a_store_that_cannot_be_reached_is_told_as_busy(system: Act, clock: object) -> None:
    from houtai.adapters.sql.store import SqlStore

    office = Office(SqlStore("postgresql://nobody@127.0.0.1:1/none"), clock)  # type: ignore[arg-type]  # the still clock
    with pytest.raises(Busy):
        office.perform(count, Count("SO"), system)
