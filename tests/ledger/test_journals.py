"""Rules of a journal: balanced per currency, exchanged through one account, mirrored by its reversal."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import uuid7
from houtai.domain.ledger.account import AccountCode, AccountKey, AccountKind
from houtai.domain.ledger.journal import Entry, check_entries, journal_number, mirrored, per_account, sums
from houtai.domain.ledger.refusals import ExchangeMissing, Unbalanced
from houtai.domain.money import MAX_MINOR
from houtai.domain.refusal import InvalidValue
from tests.ledger.books import NOON, entry, journal_id, sale

amounts = st.integers(-MAX_MINOR, MAX_MINOR).filter(bool)
accounts = st.builds(AccountKey, st.sampled_from(AccountCode), st.sampled_from(["", "customer:1", "channel:2"]), st.just("CNY"))
entries = st.lists(st.builds(Entry, accounts, amounts), min_size=1, max_size=12)


@st.composite
def balanced(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Entries, and what it takes to balance them."""
    some = draw(entries.filter(lambda drawn: 0 < abs(sum(one.amount_minor for one in drawn)) <= MAX_MINOR))
    return (*some, entry(AccountCode.SUSPENSE, -sum(one.amount_minor for one in some)))


@given(balanced())
def test_balanced_entries_are_accepted_whatever_their_order(journal: tuple[Entry, ...]) -> None:
    check_entries(reversed(journal))
    assert sums(journal) == {"CNY": 0}


@given(entries)
def test_m1_entries_that_do_not_sum_to_zero_are_refused_with_the_difference(journal: list[Entry]) -> None:
    difference = sum(one.amount_minor for one in journal)
    if difference:
        with pytest.raises(Unbalanced) as refused:
            check_entries(journal)
        assert refused.value.difference_minor == difference


@given(balanced())
def test_a_journal_and_its_mirror_leave_every_account_where_it_was(journal: tuple[Entry, ...]) -> None:
    check_entries(mirrored(journal))
    assert per_account((*journal, *mirrored(journal))) == {}


def test_m1_currencies_do_not_balance_each_other() -> None:
    with pytest.raises(Unbalanced):
        check_entries([entry(AccountCode.CASH, 100, currency="CNY"), entry(AccountCode.REVENUE, -100, currency="USD")])


def test_m12_money_changes_currency_only_through_the_exchange_account() -> None:
    cash = [entry(AccountCode.CASH, -720, currency="CNY"), entry(AccountCode.CASH, 100, currency="USD")]
    through = [entry(AccountCode.EXCHANGE, 720, currency="CNY"), entry(AccountCode.EXCHANGE, -100, currency="USD")]
    around = [entry(AccountCode.SUSPENSE, 720, currency="CNY"), entry(AccountCode.SUSPENSE, -100, currency="USD")]
    check_entries([*cash, *through])
    with pytest.raises(ExchangeMissing):
        check_entries([*cash, *around])


@pytest.mark.parametrize("amount", [0, MAX_MINOR + 1, -MAX_MINOR - 1])
def test_an_entry_moves_something_within_bounds(amount: int) -> None:
    with pytest.raises(InvalidValue):
        entry(AccountCode.CASH, amount)


@pytest.mark.parametrize("amount", [1.0, True, "1"])
def test_an_entry_is_a_whole_number(amount: object) -> None:
    with pytest.raises(TypeError):
        entry(AccountCode.CASH, amount)  # type: ignore[arg-type]  # that is the point


def test_every_account_has_its_kind() -> None:
    assert {code.kind for code in AccountCode} == set(AccountKind)
    assert AccountCode.CASH.kind.debit_normal
    assert not AccountCode.CUSTOMER_DEPOSITS.kind.debit_normal


def test_an_account_is_kept_in_a_real_currency() -> None:
    with pytest.raises(InvalidValue):
        AccountKey(AccountCode.CASH, "", "yuan")


def test_numbers_differ_where_ids_differ() -> None:
    assert journal_number(journal_id(1), NOON.date()) == "JE-20261122-TYWQTNJPRUET"
    ids = [uuid7(NOON) for _ in range(200)]
    assert len({journal_number(one, NOON.date()) for one in ids}) == 200  # type: ignore[arg-type]  # any id will do


def test_a_sale_moves_two_accounts() -> None:
    assert list(per_account(sale(100)).values()) == [100, -100]
