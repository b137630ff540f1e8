"""Reference records are kept in the process, and never older than the transaction that reads them."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.adapters.sql import reference
from houtai.adapters.sql.store import SqlStore
from houtai.application.catalog.define import DefineChannel, EditChannel, define_channel, edit_channel
from houtai.application.catalog.ports import CHANNEL_BY_CODE
from houtai.application.office import Office
from houtai.domain.act import Act
from houtai.domain.ids import ChannelId, new_id
from houtai.domain.refusal import VersionConflict
from tests.orders.test_statements import counted


def name_of(store: SqlStore, channel: ChannelId) -> str | None:
    """As a deed reads it, not a query."""
    with store.begin() as tx:
        found = tx.channels.find(channel)
        return None if found is None else found.name


def rename(office: Office, channel: ChannelId, name: str, version: int, act: Act) -> None:
    office.perform(edit_channel, EditChannel(channel, version, name), act)


@pytest.fixture
def channel(sql_store: Any, clock: Any, system: Act) -> ChannelId:
    wanted = ChannelId(new_id())
    Office(sql_store, clock).perform(define_channel, DefineChannel(wanted, "SHOP", "小店", "CNY"), system)
    return wanted


def test_what_was_read_once_is_not_read_again(sql_store: Any, channel: ChannelId) -> None:
    name_of(sql_store, channel)
    with counted(sql_store) as sent:
        assert name_of(sql_store, channel) == "小店"
    assert [statement for statement in sent if "FROM channels" in statement] == []
    assert len([statement for statement in sent if "FROM reference_heads" in statement]) == 1


def test_an_edit_through_another_process_is_seen_by_the_next_deed(
    sql_store: Any, clock: Any, channel: ChannelId, system: Act
) -> None:
    other = SqlStore(sql_store.engine.url)
    assert [name_of(store, channel) for store in (sql_store, other)] == ["小店", "小店"]
    rename(Office(other, clock), channel, "大店", 1, system)
    assert [name_of(store, channel) for store in (sql_store, other)] == ["大店", "大店"]
    other.close()


def test_what_was_missing_is_found_once_another_process_has_added_it(
    sql_store: Any, clock: Any, channel: ChannelId, system: Act
) -> None:
    other, wanted = SqlStore(sql_store.engine.url), ChannelId(new_id())
    assert name_of(sql_store, wanted) is None
    with sql_store.begin() as tx:
        assert tx.channels.by(CHANNEL_BY_CODE, "NEW") == []
    Office(other, clock).perform(define_channel, DefineChannel(wanted, "NEW", "新店", "CNY"), system)
    assert name_of(sql_store, wanted) == "新店"
    with sql_store.begin() as tx:
        assert [found.id for found in tx.channels.by(CHANNEL_BY_CODE, "NEW")] == [wanted]
    other.close()


def test_a_refused_edit_leaves_what_is_kept_alone(sql_store: Any, clock: Any, channel: ChannelId, system: Act) -> None:
    name_of(sql_store, channel)
    with pytest.raises(VersionConflict):
        rename(Office(sql_store, clock), channel, "大店", 7, system)
    assert name_of(sql_store, channel) == "小店"


def test_a_deed_that_began_before_an_edit_keeps_nothing_of_what_it_read(
    sql_store: Any, clock: Any, channel: ChannelId, system: Act
) -> None:
    if sql_store.is_sqlite:
        pytest.skip("SQLite has one writer at a time: no edit can fall into another's transaction")
    other = SqlStore(sql_store.engine.url)
    with sql_store.begin() as early:
        early.channels.many([ChannelId(new_id())])  # it has looked at the heads
        rename(Office(other, clock), channel, "大店", 1, system)
        name_of(sql_store, channel)  # another deed of this process has followed the edit
        assert early.channels.get(channel).name == "大店"  # and the early one reads what that one has kept
    assert name_of(sql_store, channel) == "大店"
    other.close()


def test_many_edits_at_once_make_everything_of_their_kind_unknown(
    sql_store: Any, clock: Any, channel: ChannelId, system: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "MOST_NAMED", 0)
    other = SqlStore(sql_store.engine.url)
    name_of(sql_store, channel)
    rename(Office(other, clock), channel, "大店", 1, system)
    assert name_of(sql_store, channel) == "大店"
    other.close()


def test_notes_are_pruned_and_a_process_that_missed_them_reads_afresh(
    sql_store: Any, clock: Any, channel: ChannelId, system: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "NOTES_KEPT", 3)
    other = SqlStore(sql_store.engine.url)
    name_of(sql_store, channel)
    office = Office(other, clock)
    for version in range(1, 60):
        rename(office, channel, f"店 {version}", version, system)
    with other.begin() as tx:
        kept = tx._connection.execute(reference.reference_changes.select()).all()
    assert len(kept) < 20
    assert name_of(sql_store, channel) == "店 59"
    other.close()


def test_only_so_many_records_are_kept(sql_store: Any, clock: Any, system: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "MOST_KEPT", 5)
    office = Office(sql_store, clock)
    channels = [ChannelId(new_id()) for _ in range(12)]
    for place, one in enumerate(channels):
        office.perform(define_channel, DefineChannel(one, f"C{place}", f"店 {place}", "CNY"), system)
    assert [name_of(sql_store, one) for one in channels] == [f"店 {place}" for place in range(12)]
    assert len(sql_store._reference._shelves["channels"].held) == 5
