"""Goods that leave without a sale: approved by another person, posted at cost, put back when called off, refused when wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from houtai.application.ledger.queries import show_journal
from houtai.application.office import Office
from houtai.application.outbound.goods_issue_queries import ListGoodsIssues, list_goods_issues, show_goods_issue
from houtai.application.outbound.goods_issues import (
    ApproveGoodsIssue,
    CancelGoodsIssue,
    DecideGoodsIssue,
    approve_goods_issue,
    cancel_goods_issue,
    reject_goods_issue,
    request_goods_issue,
    withdraw_goods_issue,
)
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.paging import Page
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import JournalId, WarehouseId, derive, new_id
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.outbound.goods_issue import GoodsIssue, IssueReason, IssueState
from houtai.domain.outbound.refusals import MustReturn
from houtai.domain.outbound.state import OutboundKind, OutboundState
from houtai.domain.refusal import AlreadyExists, Forbidden, IllegalMove, InvalidValue, NotFound, VersionConflict
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import stock_of
from tests.orders.shop import Shop
from tests.outbound.errand import Errands
from tests.outbound.floor import NOBODY

WHOSE: Final = "supplier:JINGDEZHEN-7"


@pytest.fixture
def errands(office: Office, clock: StillClock) -> Errands:
    return Errands(Shop(office, clock))


@pytest.fixture
def memory_errands(memory_office: Office, clock: StillClock) -> Errands:
    return Errands(Shop(memory_office, clock))


def there(errands: Errands, code: str = "CUP") -> tuple[int, int, int]:
    stock = stock_of(errands.office, errands.act, errands.shop.sku[code], errands.shop.warehouse)
    return stock.sellable_qty, stock.reserved_qty, stock.value_minor


@pytest.mark.parametrize(
    ("reason", "account", "whose", "kind"),
    [
        (IssueReason.SAMPLE, "marketing", "", OutboundKind.OTHER),
        (IssueReason.INTERNAL_USE, "internal-use", "", OutboundKind.OTHER),
        (IssueReason.DONATION, "donations", "", OutboundKind.OTHER),
        (IssueReason.SCRAP, "write-down", "", OutboundKind.OTHER),
        (IssueReason.SUPPLIER_RETURN, "supplier-receivable", WHOSE, OutboundKind.SUPPLIER_RETURN),
    ],
)
def test_golden_posting_of_what_leaves_at_cost_by_its_reason(
    errands: Errands, reason: IssueReason, account: str, whose: str, kind: OutboundKind
) -> None:
    gone = errands.gone(reason, CUP=3, BOWL=2)
    journal = errands.office.ask(show_journal, JournalId(derive(gone.id, "journal", gone.version)), errands.act)
    posted = {(entry.account.code.value, entry.account.party): entry.amount_minor for entry in journal.entries}
    assert posted == {(account, whose): 2_500, ("inventory", ""): -2_500}
    assert (there(errands), there(errands, "BOWL")) == ((7, 0, 3_500), (8, 0, 4_000))
    assert (gone.state, errands.outbound_of(gone).kind, errands.shop.balance("cogs")) == (IssueState.SHIPPED, kind, 0)
    assert [(line.shipped_qty, line.value_minor) for line in gone.lines] == [(3, 1_500), (2, 1_000)]
    assert errands.story(gone) == ["requested", "approved", "shipped"]


def test_nothing_is_reserved_before_another_person_approves(errands: Errands) -> None:
    asked = errands.asked(CUP=4)
    assert (asked.state, there(errands)) == (IssueState.REQUESTED, (10, 0, 5_000))
    with pytest.raises(Forbidden):
        errands.approve(asked, errands.act)
    ready = errands.approve(asked, priority=3)
    outbound = errands.outbound_of(ready)
    assert (ready.state, ready.decided_by, there(errands)) == (IssueState.READY, errands.boss.actor, (10, 4, 5_000))
    assert (outbound.state, outbound.priority, outbound.source_number) == (OutboundState.NEW, 3, asked.number)
    assert outbound.receiver == asked.receiver


def test_an_approvers_limit_covers_all_units(memory_errands: Errands) -> None:
    asked = memory_errands.asked(CUP=4, BOWL=2)
    low, high = (
        another(memory_errands.act, grants=(Grant("outbound.approve-issue", limits={"issue_qty": most}),)) for most in (5, 6)
    )
    with pytest.raises(Forbidden):
        memory_errands.approve(asked, low)
    assert memory_errands.approve(asked, high).state is IssueState.READY


def test_so_few_as_a_grant_names_go_without_a_second_person(errands: Errands) -> None:
    grants = (Grant("outbound.issue"), Grant("outbound.issue-alone", limits={"issue_qty": 2}))
    clerk = another(errands.act, NOBODY, grants)
    few = errands.office.perform(request_goods_issue, errands.wish(CUP=2), clerk)
    more = errands.office.perform(request_goods_issue, errands.wish(CUP=3), clerk)
    assert (few.state, more.state, there(errands)[1]) == (IssueState.READY, IssueState.REQUESTED, 2)
    assert errands.story(few) == ["requested", "approved"]


def test_a_grant_without_a_limit_sets_no_threshold(memory_errands: Errands) -> None:
    clerk = another(memory_errands.act, NOBODY, (Grant("outbound.*"),))
    asked = memory_errands.office.perform(request_goods_issue, memory_errands.wish(CUP=1), clerk)
    assert asked.state is IssueState.REQUESTED


def test_a_threshold_holds_where_its_grant_reaches(memory_errands: Errands) -> None:
    elsewhere = {Dimension.WAREHOUSE: frozenset({new_id()})}
    alone = Grant("outbound.issue-alone", elsewhere, limits={"issue_qty": 9})
    clerk = another(memory_errands.act, NOBODY, (Grant("outbound.issue"), alone))
    asked = memory_errands.office.perform(request_goods_issue, memory_errands.wish(CUP=1), clerk)
    assert asked.state is IssueState.REQUESTED


def test_everything_is_reserved_or_nothing(memory_errands: Errands) -> None:
    asked = memory_errands.asked(CUP=4, BOWL=11)
    with pytest.raises(OutOfStock):
        memory_errands.approve(asked)
    assert (memory_errands.issue(asked).state, there(memory_errands)[1]) == (IssueState.REQUESTED, 0)


def test_what_is_called_off_before_the_pick_is_free_at_once(errands: Errands) -> None:
    ready = errands.ready(CUP=4)
    over = errands.call_off(ready)
    assert (over.state, errands.outbound_of(ready).state) == (IssueState.CANCELLED, OutboundState.CANCELLED)
    assert (there(errands), errands.story(ready)) == ((10, 0, 5_000), ["requested", "approved", "cancelled"])


def test_what_is_called_off_on_the_table_is_carried_back(errands: Errands) -> None:
    ready = errands.ready(IssueReason.SUPPLIER_RETURN, CUP=4)
    picked = errands.picked_for(ready)
    errands.call_off(ready)
    assert errands.outbound_of(ready).state is OutboundState.INTERCEPTED
    errands.put_back(picked, "CUP", 4)
    assert (errands.outbound_of(ready).state, errands.issue(ready).state) == (OutboundState.CANCELLED, IssueState.CANCELLED)
    assert (there(errands), errands.shop.balance("supplier-receivable")) == ((10, 0, 5_000), 0)


def test_what_the_warehouse_stops_is_cancelled_when_everything_is_back(errands: Errands) -> None:
    ready = errands.ready(CUP=4)
    picked = errands.picked_for(ready)
    errands.office.perform(intercept_order, InterceptOrder(picked.id, "broken"), errands.act)
    assert (errands.issue(ready).state, there(errands)[1]) == (IssueState.READY, 4)
    errands.put_back(picked, "CUP", 4)
    assert (errands.issue(ready).state, there(errands)) == (IssueState.CANCELLED, (10, 0, 5_000))


def test_what_has_left_is_not_called_off(errands: Errands) -> None:
    gone = errands.gone(CUP=1)
    with pytest.raises(IllegalMove):
        errands.call_off(gone)
    with pytest.raises(MustReturn):
        errands.office.perform(intercept_order, InterceptOrder(errands.outbound_of(gone).id, "too late"), errands.act)
    assert errands.shop.balance("marketing") == 500


def test_a_request_is_rejected_by_another_person_or_taken_back_by_whoever_asked(errands: Errands) -> None:
    rejected, withdrawn = errands.asked(CUP=1), errands.asked(CUP=2)
    with pytest.raises(Forbidden):
        errands.office.perform(reject_goods_issue, DecideGoodsIssue(rejected.id, 1), errands.act)
    errands.office.perform(reject_goods_issue, DecideGoodsIssue(rejected.id, 1, "too dear"), errands.boss)
    errands.office.perform(withdraw_goods_issue, DecideGoodsIssue(withdrawn.id, 1), errands.act)
    assert [errands.issue(one).state for one in (rejected, withdrawn)] == [IssueState.REJECTED, IssueState.WITHDRAWN]
    with pytest.raises(IllegalMove):
        errands.approve(errands.issue(rejected))


def test_the_same_request_or_decision_counts_once(errands: Errands) -> None:
    wish = errands.wish(CUP=2)
    asked = errands.office.perform(request_goods_issue, wish, errands.act)
    with pytest.raises(AlreadyExists):
        errands.office.perform(request_goods_issue, wish, errands.act)
    errands.approve(asked)
    with pytest.raises(VersionConflict):
        errands.approve(asked)
    with pytest.raises(IllegalMove):
        errands.approve(errands.issue(asked))
    assert (there(errands)[1], errands.outbound_of(asked).state) == (2, OutboundState.NEW)


def test_goods_go_back_to_a_supplier_and_to_nobody_else(memory_errands: Errands) -> None:
    for wish in (
        attrs.evolve(memory_errands.wish(IssueReason.SUPPLIER_RETURN, CUP=1), supplier=""),
        attrs.evolve(memory_errands.wish(IssueReason.SCRAP, CUP=1), supplier="JINGDEZHEN-7"),
    ):
        with pytest.raises(InvalidValue):
            memory_errands.office.perform(request_goods_issue, wish, memory_errands.act)
    with pytest.raises(NotFound):
        nowhere = attrs.evolve(memory_errands.wish(CUP=1), warehouse=WarehouseId(new_id()))
        memory_errands.office.perform(request_goods_issue, nowhere, memory_errands.act)


DEEDS: Final[dict[Callable[..., Any], Callable[[Errands, GoodsIssue], Any]]] = {
    request_goods_issue: lambda errands, _: errands.wish(CUP=1),
    approve_goods_issue: lambda _, issue: ApproveGoodsIssue(issue.id, issue.version),
    reject_goods_issue: lambda _, issue: DecideGoodsIssue(issue.id, issue.version),
    withdraw_goods_issue: lambda _, issue: DecideGoodsIssue(issue.id, issue.version),
    cancel_goods_issue: lambda _, issue: CancelGoodsIssue(issue.id, "no reason"),
}
ASKED: Final = frozenset(deed.__name__ for deed in DEEDS)
"""The deeds that are asked here, by name."""


def stranger(act: Act, verb: str, axis: Dimension) -> Act:
    return another(act, NOBODY, (Grant(verb, {axis: frozenset({new_id()})}),))


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("axis", [Dimension.WAREHOUSE, Dimension.MERCHANT])
def test_whoever_works_elsewhere_sends_nothing_out(memory_errands: Errands, deed: Any, axis: Dimension) -> None:
    cmd = DEEDS[deed](memory_errands, memory_errands.asked(CUP=1))
    with pytest.raises((Forbidden, NotFound)):
        memory_errands.office.perform(deed, cmd, stranger(memory_errands.act, deed.verb, axis))


@pytest.mark.parametrize("deed", [withdraw_goods_issue, cancel_goods_issue])
def test_whoever_reaches_their_own_alone_ends_nobody_elses(memory_errands: Errands, deed: Any) -> None:
    cmd = DEEDS[deed](memory_errands, memory_errands.asked(CUP=1))
    clerk = another(memory_errands.act, NOBODY, (Grant("outbound.issue", own_only=True),))
    with pytest.raises(Forbidden):
        memory_errands.office.perform(deed, cmd, clerk)


def test_goods_issues_are_seen_in_their_warehouse_with_the_receiver_masked(errands: Errands) -> None:
    asked = errands.asked(CUP=1)
    ready = errands.ready(IssueReason.SCRAP, CUP=1)

    def seen(act: Act, **wish: Any) -> list[Any]:
        return [row.issue.id for row in errands.office.ask(list_goods_issues, ListGoodsIssues(Page(), **wish), act).items]

    assert set(seen(errands.act)) == {asked.id, ready.id}
    assert seen(errands.act, states=frozenset({IssueState.READY})) == seen(errands.act, reason=IssueReason.SCRAP) == [ready.id]
    nearby, elsewhere = (
        another(errands.act, NOBODY, (Grant("outbound.read", {Dimension.WAREHOUSE: frozenset({place})}),))
        for place in (errands.shop.warehouse, new_id())
    )
    assert (len(seen(nearby)), seen(elsewhere)) == (2, [])
    assert "三丰" not in str(errands.office.ask(show_goods_issue, asked.id, nearby).consignee)
    with pytest.raises(NotFound):
        errands.office.ask(show_goods_issue, asked.id, elsewhere)
