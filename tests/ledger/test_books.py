"""The books on every adapter: posted once, reversed once, closed for good, and provable from their rows."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import attrs
import pytest

from houtai.application.ledger.periods import MovePeriod, close_period, lock_period, neighbours, reopen_period
from houtai.application.ledger.ports import JournalFilter
from houtai.application.ledger.post import PostJournal, post_journal
from houtai.application.ledger.queries import (
    AskStatement,
    AskTrialBalance,
    ListBalances,
    ListJournals,
    account_statement,
    list_balances,
    list_journals,
    list_periods,
    show_journal,
    trial_balance,
)
from houtai.application.ledger.reverse import ReverseJournal, reverse_journal
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import AccountId, new_id
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.ledger.period import Period, PeriodState
from houtai.domain.ledger.refusals import (
    AlreadyReversed,
    DocumentOwnsJournal,
    EarlierPeriodOpen,
    JournalDiffers,
    LaterPeriodClosed,
    PeriodClosed,
    PeriodNotOver,
    ReversalStands,
    Unbalanced,
)
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.conftest import StillClock
from tests.inventory.arrange import receive, some_skus, some_warehouse
from tests.ledger.books import entry, journal_id, sale, write

CASH = AccountKey(AccountCode.CASH, "", "CNY")
DECEMBER = dt.datetime(2026, 12, 2, tzinfo=dt.UTC)


def balances(office: Office, act: Act, **query: Any) -> dict[str, int]:
    found = office.ask(list_balances, ListBalances(Page(limit=100), **query), act).items
    return {one.account.sort_key: one.balance_minor for one in found}


def close(office: Office, act: Act, month: str, version: int = 0) -> Period:
    return office.perform(close_period, MovePeriod(month, version), attrs.evolve(act, at=DECEMBER))


def clerk(act: Act, *grants: Grant) -> Act:
    actor = AccountId(new_id())
    return attrs.evolve(act, actor=actor, name="clerk", authority=Authority(actor, grants))


def test_m2_a_posting_moves_the_balances_with_it(office: Office, system: Act) -> None:
    write(office, system, 1, sale(100))
    write(office, system, 2, sale(23))
    assert balances(office, system) == {"cash||CNY": 123, "revenue||CNY": -123}


def test_the_same_journal_again_is_the_first_one(office: Office, system: Act) -> None:
    first = write(office, system, 1, sale(100))
    assert write(office, attrs.evolve(system, at=DECEMBER), 1, sale(100)) == first
    assert balances(office, system)["cash||CNY"] == 100


def test_a_taken_id_with_other_entries_is_refused(office: Office, system: Act) -> None:
    write(office, system, 1, sale(100))
    with pytest.raises(JournalDiffers):
        write(office, system, 1, sale(101))


def test_an_unbalanced_journal_leaves_no_trace(office: Office, system: Act) -> None:
    with pytest.raises(Unbalanced):
        write(office, system, 1, (entry(AccountCode.CASH, 100), entry(AccountCode.REVENUE, -99)))
    assert balances(office, system) == {}


def test_sixteen_callers_of_one_journal_post_it_once(office: Office, system: Act) -> None:
    callers = [threading.Thread(target=write, args=(office, system, 1, sale(100))) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert balances(office, system)["cash||CNY"] == 100


def test_parallel_postings_on_one_account_lose_nothing(office: Office, system: Act) -> None:
    callers = [threading.Thread(target=write, args=(office, system, number, sale(number))) for number in range(1, 13)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert balances(office, system)["cash||CNY"] == sum(range(1, 13))


def test_a_reversal_points_to_its_journal_and_leaves_nothing_of_it(office: Office, system: Act) -> None:
    posted = write(office, system, 1, sale(100))
    reversal = office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(2), "wrong customer"), system)
    assert (reversal.reverses, reversal.document_id, reversal.memo) == (posted.id, posted.document_id, "wrong customer")
    assert balances(office, system) == {"cash||CNY": 0, "revenue||CNY": 0}


def test_a_journal_is_reversed_once_at_most(office: Office, system: Act) -> None:
    posted = write(office, system, 1, sale(100))
    first = office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(2), "wrong"), system)
    assert office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(2), "wrong"), system) == first
    with pytest.raises(AlreadyReversed) as refused:
        office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(3), "wrong again"), system)
    assert refused.value.by == first.number


def test_parallel_reversals_reverse_once(office: Office, system: Act) -> None:
    posted = write(office, system, 1, sale(100))
    refused: list[str] = []

    def turn_back(number: int) -> None:
        try:
            office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(number), "wrong"), system)
        except AlreadyReversed as error:
            refused.append(error.code)

    callers = [threading.Thread(target=turn_back, args=(number,)) for number in range(2, 8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(refused) == 5
    assert balances(office, system)["cash||CNY"] == 0


def test_a_reversal_is_not_reversed(memory_office: Office, system: Act) -> None:
    posted = write(memory_office, system, 1, sale(100))
    reversal = memory_office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(2), "wrong"), system)
    with pytest.raises(ReversalStands):
        memory_office.perform(reverse_journal, ReverseJournal(reversal.id, journal_id(3), "right after all"), system)


def test_a_journal_that_belongs_to_a_document_is_not_reversed_by_hand(memory_office: Office, system: Act) -> None:
    (sku,) = some_skus(memory_office, system, "TEA")
    receipt = receive(memory_office, system, some_warehouse(memory_office, system), (sku, 3))
    (posted,) = memory_office.ask(list_journals, ListJournals(Page()), system).items
    with pytest.raises(DocumentOwnsJournal) as refused:
        memory_office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(2), "wrong"), system)
    assert (refused.value.document, refused.value.key) == ("opening-receipt", str(receipt.id))
    assert len(memory_office.ask(list_journals, ListJournals(Page()), system).items) == 1


def test_what_was_never_posted_is_not_reversed(memory_office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        memory_office.perform(reverse_journal, ReverseJournal(journal_id(1), journal_id(2), "wrong"), system)


def test_m15_a_closed_period_takes_no_posting_and_its_correction_goes_into_the_current_one(office: Office, system: Act) -> None:
    posted = write(office, system, 1, sale(100))
    close(office, system, "2026-11")
    with pytest.raises(PeriodClosed):
        write(office, system, 2, sale(5))
    in_december = attrs.evolve(system, at=DECEMBER)
    reversal = office.perform(reverse_journal, ReverseJournal(posted.id, journal_id(3), "wrong"), in_december)
    assert (posted.period, reversal.period) == ("2026-11", "2026-12")


def test_the_period_is_the_houses_local_month(memory_office: Office, system: Act) -> None:
    just_before = dt.datetime(2026, 11, 30, 15, 59, 59, tzinfo=dt.UTC)
    november = write(memory_office, system, 1, sale(1), at=just_before)
    december = write(memory_office, system, 2, sale(1), at=just_before + dt.timedelta(seconds=1))
    assert (november.period, december.period) == ("2026-11", "2026-12")


def test_a_period_is_not_closed_before_it_is_over(memory_office: Office, system: Act) -> None:
    with pytest.raises(PeriodNotOver):
        memory_office.perform(close_period, MovePeriod("2026-11", 0), system)


def test_closed_periods_have_no_gap(memory_office: Office, system: Act) -> None:
    close(memory_office, system, "2026-08")
    with pytest.raises(EarlierPeriodOpen):
        close(memory_office, system, "2026-10")
    assert close(memory_office, system, "2026-09").state is PeriodState.CLOSED


def test_periods_are_opened_again_from_the_latest_backwards(office: Office, system: Act) -> None:
    close(office, system, "2026-09")
    close(office, system, "2026-10")
    with pytest.raises(LaterPeriodClosed):
        office.perform(reopen_period, MovePeriod("2026-09", 1), system)
    opened = office.perform(reopen_period, MovePeriod("2026-10", 1, "forgotten invoice"), system)
    assert (opened.state, opened.version) == (PeriodState.OPEN, 2)


def test_a_locked_period_stays_locked(office: Office, system: Act) -> None:
    close(office, system, "2026-10")
    locked = office.perform(lock_period, MovePeriod("2026-10", 1), system)
    assert locked.state is PeriodState.LOCKED
    with pytest.raises(IllegalMove):
        office.perform(reopen_period, MovePeriod("2026-10", 2), system)
    assert [period.name for period in office.ask(list_periods, Page(), system).items] == ["2026-10"]


def test_two_accountants_do_not_overwrite_each_other(memory_office: Office, system: Act) -> None:
    close(memory_office, system, "2026-10")
    with pytest.raises(VersionConflict):
        close(memory_office, system, "2026-10")


def test_only_months_are_periods(memory_office: Office, system: Act) -> None:
    with pytest.raises(InvalidValue):
        close(memory_office, system, "2026-13")
    assert (neighbours("2026-01"), neighbours("2026-12")) == (("2025-12", "2026-02"), ("2026-11", "2027-01"))


def test_m15_a_posting_that_meets_the_closing_of_its_period_is_never_lost_in_it(office: Office, system: Act) -> None:
    written: list[int] = []

    def keep_writing(start: int) -> None:
        for number in range(start, start + 12):
            try:
                write(office, system, number, sale(1))
                written.append(number)
            except PeriodClosed:
                return

    writers = [threading.Thread(target=keep_writing, args=(start,)) for start in (100, 200, 300)]
    for writer in writers:
        writer.start()
    closed = close(office, system, "2026-11")
    counted = len(list_all(office, system, JournalFilter(period="2026-11")))
    for writer in writers:
        writer.join()
    assert closed.state is PeriodState.CLOSED
    assert len(list_all(office, system, JournalFilter(period="2026-11"))) == counted == len(written)


def list_all(office: Office, act: Act, where: JournalFilter) -> list[Any]:
    return list(office.ask(list_journals, ListJournals(Page(limit=100), where), act).items)


def test_m3_entries_are_never_changed_or_removed(sql_store: Any, clock: StillClock, system: Act) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    write(Office(sql_store, clock), system, 1, sale(100))
    for statement in ("UPDATE entries SET amount_minor = 1", "DELETE FROM entries", "DELETE FROM journals"):
        with pytest.raises(DBAPIError, match="append-only"), sql_store.engine.begin() as connection:
            connection.execute(text(statement))


def test_m15_the_database_itself_refuses_a_journal_in_a_closed_period(sql_store: Any, clock: StillClock, system: Act) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    office = Office(sql_store, clock)
    write(office, system, 1, sale(100))
    close(office, system, "2026-11")
    columns = "number, document, document_id, at, period, memo"
    copied = "'JE-other', document, document_id, at, period, memo"
    smuggle = f"INSERT INTO journals (id, {columns}) SELECT :id, {copied} FROM journals"
    with pytest.raises(DBAPIError, match="not open"), sql_store.engine.begin() as connection:
        connection.execute(text(smuggle), {"id": new_id().hex})


def test_journals_are_found_by_document_account_party_and_time(office: Office, system: Act, clock: StillClock) -> None:
    early = write(office, system, 1, sale(100, "channel:1"))
    late = write(office, system, 2, sale(50), at=clock.moment + dt.timedelta(hours=1))
    found = {
        "document": list_all(office, system, JournalFilter(document="manual", document_id=early.document_id)),
        "party": list_all(office, system, JournalFilter(code=AccountCode.REVENUE, party="channel:1")),
        "since": list_all(office, system, JournalFilter(since=clock.moment + dt.timedelta(minutes=1))),
        "until": list_all(office, system, JournalFilter(until=clock.moment + dt.timedelta(minutes=1))),
        "other account": list_all(office, system, JournalFilter(code=AccountCode.CASH, party="channel:1")),
        "all": list_all(office, system, JournalFilter()),
    }
    assert found == {
        "document": [early], "party": [early], "since": [late], "until": [early], "other account": [], "all": [late, early]
    }  # fmt: skip
    assert office.ask(show_journal, early.id, system) == early


def test_journals_come_in_pages_without_loss(office: Office, system: Act) -> None:
    posted = [write(office, system, number, sale(number)).id for number in range(1, 8)]
    seen = []
    query = ListJournals(Page(limit=3, newest_first=False))
    while True:
        part = office.ask(list_journals, query, system)
        seen += [journal.id for journal in part.items]
        if not part.has_more:
            break
        query = attrs.evolve(query, page=attrs.evolve(query.page, cursor=part.next_cursor))
    assert seen == posted


def test_a_statement_carries_the_balance_across_pages_and_from_before_its_time(office: Office, system: Act) -> None:
    for number in range(1, 6):
        write(office, system, number, sale(number * 10), at=system.at + dt.timedelta(minutes=number))
    since = system.at + dt.timedelta(minutes=2)
    first = office.ask(account_statement, AskStatement(CASH, Page(limit=2), since=since), system)
    rest = office.ask(account_statement, AskStatement(CASH, Page(limit=9, cursor=first.next_cursor), since=since), system)
    lines = [*first.items, *rest.items]
    assert [line.amount_minor for line in lines] == [20, 30, 40, 50]
    assert [line.balance_after_minor for line in lines] == [30, 60, 100, 150]


def test_an_account_that_nothing_touched_has_an_empty_statement(office: Office, system: Act) -> None:
    assert office.ask(account_statement, AskStatement(CASH), system).items == ()


def test_the_trial_balance_sums_to_zero_and_carries_the_opening(office: Office, system: Act) -> None:
    write(office, system, 1, sale(100))
    write(office, system, 2, (entry(AccountCode.COGS, 70), entry(AccountCode.CASH, -70)), at=DECEMBER)
    lines = office.ask(trial_balance, AskTrialBalance(since=DECEMBER), system)
    shown = [(line.code.value, line.opening_minor, line.debit_minor, line.credit_minor, line.closing_minor) for line in lines]
    assert shown == [("cash", 100, 0, 70, 30), ("revenue", -100, 0, 0, -100), ("cogs", 0, 70, 0, 70)]
    assert sum(line.closing_minor for line in office.ask(trial_balance, AskTrialBalance(), system)) == 0


def test_balances_are_found_by_code_party_and_currency(office: Office, system: Act) -> None:
    write(office, system, 1, sale(100, "channel:1"))
    write(office, system, 2, sale(5))
    assert balances(office, system, code=AccountCode.REVENUE) == {"revenue||CNY": -5, "revenue|channel:1|CNY": -100}
    assert balances(office, system, party="channel:1") == {"revenue|channel:1|CNY": -100}
    assert balances(office, system, currency="USD") == {}


def test_whoever_reaches_some_channels_sees_their_accounts_alone(office: Office, system: Act) -> None:
    mine, other = new_id(), new_id()
    write(office, system, 1, sale(100, party("channel", mine)))
    write(office, system, 2, sale(7, party("channel", other)))
    reader = clerk(system, Grant("ledger.read", {Dimension.CHANNEL: frozenset([mine])}))
    assert list(balances(office, reader).values()) == [-100]
    assert balances(office, reader, party=party("channel", other)) == {}
    assert office.ask(account_statement, AskStatement(CASH), reader).items == ()
    for query, request in ((list_journals, ListJournals()), (trial_balance, AskTrialBalance())):
        with pytest.raises(Forbidden):
            office.ask(query, request, reader)  # type: ignore[arg-type]  # either pair fits


def test_who_may_not_keep_the_books_is_told_so(memory_office: Office, system: Act) -> None:
    reader = clerk(system, Grant("ledger.read"))
    with pytest.raises(Forbidden):
        write(memory_office, reader, 1, sale(100))
    with pytest.raises(Forbidden):
        close(memory_office, reader, "2026-10")


def test_a_posting_past_the_clerks_limit_is_refused(memory_office: Office, system: Act) -> None:
    junior = clerk(system, Grant("ledger.post", limits={"posting_minor": 10_000}))
    write(memory_office, junior, 1, sale(10_000))
    with pytest.raises(Forbidden):
        memory_office.perform(post_journal, PostJournal(journal_id(2), sale(10_001), "test"), junior)
