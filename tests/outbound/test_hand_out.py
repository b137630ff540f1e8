"""Goods that are not for sale leave by a goods issue past the waves: stock, bins, places and books follow, or nothing moves."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.goods_issues import (
    ApproveGoodsIssue,
    IssueWish,
    RequestGoodsIssue,
    approve_goods_issue,
    request_goods_issue,
)
from houtai.application.outbound.hand_out import HandOutGoodsIssue, hand_out_goods_issue
from houtai.application.outbound.ports import OutboundViews
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import BIN_MOVE_BY_STOCK
from houtai.application.warehouse.bin_queries import BinView, ListBins, list_bins
from houtai.application.warehouse.lots import RegisterSerials, register_serials
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import GoodsIssueId, new_id
from houtai.domain.inventory.refusals import NotEnoughOnHand
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.goods_issue import GoodsIssue, IssueReason, IssueState
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.refusal import Forbidden, IllegalMove, InvalidValue
from houtai.domain.warehouse.bin_refusals import SerialElsewhere, SerialsNeeded
from houtai.domain.warehouse.location import Standard, standard_id
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.http_client import Caller
from tests.inventory.arrange import receive, stock_of
from tests.orders.shop import Shop
from tests.outbound.errand import SOMEBODY, Errands

DAMAGED, QUARANTINE = StockState.DAMAGED, StockState.QUARANTINE


@pytest.fixture
def errands(office: Office, clock: StillClock) -> Errands:
    return with_breakage(Errands(Shop(office, clock)))


@pytest.fixture
def memory_errands(memory_office: Office, clock: StillClock) -> Errands:
    return with_breakage(Errands(Shop(memory_office, clock)))


def with_breakage(errands: Errands) -> Errands:
    """Ten cups for sale at 5 yuan each, four broken ones beside them, two that nobody has looked at."""
    for qty, state in ((4, DAMAGED), (2, QUARANTINE)):
        receive(errands.office, errands.act, errands.shop.warehouse, (errands.shop.sku["CUP"], qty), state=state)
    return errands


def asked(errands: Errands, *units: tuple[int, StockState], reason: IssueReason = IssueReason.SCRAP) -> GoodsIssue:
    lines = tuple(IssueWish(errands.shop.sku["CUP"], qty, state) for qty, state in units)
    supplier = "JINGDEZHEN-7" if reason is IssueReason.SUPPLIER_RETURN else ""
    wish = RequestGoodsIssue(GoodsIssueId(new_id()), errands.shop.warehouse, reason, lines, SOMEBODY, supplier)
    return errands.office.perform(request_goods_issue, wish, errands.act)


def approved(errands: Errands, *units: tuple[int, StockState], **more: Any) -> GoodsIssue:
    issue = asked(errands, *units, **more)
    return errands.office.perform(approve_goods_issue, ApproveGoodsIssue(issue.id, issue.version), errands.boss)


def hand_out(errands: Errands, issue: GoodsIssue, act: Act | None = None, **more: Any) -> GoodsIssue:
    return errands.office.perform(hand_out_goods_issue, HandOutGoodsIssue(issue.id, **more), act or errands.act)


def lying(errands: Errands) -> dict[StockState, int]:
    found: dict[StockState, int] = {}
    for one in bins(errands):
        found[one.state] = found.get(one.state, 0) + one.qty
    return found


def bins(errands: Errands) -> tuple[BinView, ...]:
    return errands.office.ask(list_bins, ListBins(Page(limit=100), sku_id=errands.shop.sku["CUP"]), errands.act).items


@needs("tests.read")
def _got(views: OutboundViews, query: Any, act: Act) -> dict[str, int]:
    """How many units of the SKU each virtual place of the warehouse has got."""
    sku, warehouse = query
    moves = views.bin_moves.by(BIN_MOVE_BY_STOCK, (sku, warehouse))
    ends = {standard_id(warehouse, place): place.value for place in (Standard.SCRAP, Standard.SUPPLIER, Standard.CUSTOMER)}
    got = dict.fromkeys(ends.values(), 0)
    for move in moves:
        if move.to_location_id in ends:
            got[ends[move.to_location_id]] += move.qty
    return got


def got(errands: Errands) -> dict[str, int]:
    return errands.office.ask(_got, (errands.shop.sku["CUP"], errands.shop.warehouse), errands.act)


def worth(errands: Errands) -> tuple[int, int, int]:
    stock = stock_of(errands.office, errands.act, errands.shop.sku["CUP"], errands.shop.warehouse)
    return stock.sellable_qty, stock.on_hand_qty, stock.value_minor


def test_broken_goods_are_scrapped_out_of_stock_bins_and_books(errands: Errands) -> None:
    ready = approved(errands, (3, DAMAGED), (1, QUARANTINE))
    assert (ready.state, lying(errands)[DAMAGED], worth(errands)) == (IssueState.READY, 4, (10, 16, 8_000))
    gone = hand_out(errands, ready)
    assert [(line.shipped_qty, line.value_minor) for line in gone.lines] == [(3, 1_500), (1, 500)]
    assert (gone.state, lying(errands)) == (IssueState.SHIPPED, {StockState.SELLABLE: 10, DAMAGED: 1, QUARANTINE: 1})
    assert (worth(errands), errands.shop.balance("write-down")) == ((10, 12, 6_000), 2_000)
    assert got(errands) == {"SCRAP": 4, "SUPPLIER": 0, "CUSTOMER": 0}
    assert errands.story(gone) == ["requested", "approved", "shipped"]


@pytest.mark.parametrize(
    ("reason", "account", "place"),
    [
        (IssueReason.SUPPLIER_RETURN, "supplier-receivable", "SUPPLIER"),
        (IssueReason.DONATION, "donations", "CUSTOMER"),
    ],
)
def test_where_such_goods_go_and_who_bears_them_follows_the_reason(
    memory_errands: Errands, reason: IssueReason, account: str, place: str
) -> None:
    hand_out(memory_errands, approved(memory_errands, (2, DAMAGED), reason=reason))
    assert got(memory_errands)[place] == 2
    assert (memory_errands.shop.balance(account), worth(memory_errands)) == (1_000, (10, 14, 7_000))


def test_scrap_from_the_shelves_goes_to_scrap_as_well(errands: Errands) -> None:
    errands.gone(IssueReason.SCRAP, CUP=3)
    errands.gone(IssueReason.SAMPLE, CUP=1)
    assert got(errands) == {"SCRAP": 3, "SUPPLIER": 0, "CUSTOMER": 1}


def test_what_is_for_sale_and_what_is_not_are_never_in_one_document(memory_errands: Errands) -> None:
    with pytest.raises(InvalidValue):
        asked(memory_errands, (1, DAMAGED), (1, StockState.SELLABLE))


def test_more_than_lies_in_that_condition_is_not_approved(errands: Errands) -> None:
    issue = asked(errands, (3, DAMAGED), (2, DAMAGED))
    with pytest.raises(NotEnoughOnHand):
        errands.office.perform(approve_goods_issue, ApproveGoodsIssue(issue.id, issue.version), errands.boss)
    assert errands.issue(issue).state is IssueState.REQUESTED


def test_of_two_documents_for_the_same_goods_the_second_is_refused_whole(errands: Errands) -> None:
    first, second = approved(errands, (3, DAMAGED)), approved(errands, (2, DAMAGED))
    hand_out(errands, first)
    with pytest.raises(NotEnoughOnHand):
        hand_out(errands, second)
    assert (lying(errands)[DAMAGED], errands.issue(second).state, got(errands)["SCRAP"]) == (1, IssueState.READY, 3)
    over = errands.call_off(second)
    assert (over.state, lying(errands)[DAMAGED]) == (IssueState.CANCELLED, 1)


def test_only_what_is_approved_and_not_for_sale_is_handed_out(memory_errands: Errands) -> None:
    with pytest.raises(IllegalMove):
        hand_out(memory_errands, asked(memory_errands, (1, DAMAGED)))
    with pytest.raises(StepTooEarly):
        hand_out(memory_errands, memory_errands.ready(CUP=1))
    ready = approved(memory_errands, (1, DAMAGED))
    with pytest.raises(Forbidden):
        hand_out(memory_errands, ready, another(memory_errands.act, grants=(Grant("outbound.issue"),)))
    hand_out(memory_errands, ready)
    with pytest.raises(IllegalMove):
        hand_out(memory_errands, ready)


def test_numbered_goods_leave_by_their_numbers_where_some_stay(errands: Errands) -> None:
    cup = errands.shop.sku["CUP"]
    (broken,) = (one for one in bins(errands) if one.state is DAMAGED)
    errands.office.perform(register_serials, RegisterSerials(broken.id, ("S1", "S2", "S3", "S4")), errands.act)
    ready = approved(errands, (1, DAMAGED))
    with pytest.raises(SerialsNeeded):
        hand_out(errands, ready)
    for wrong, refusal in (
        (((cup, "S9"),), SerialElsewhere),
        (((errands.shop.sku["BOWL"], "S1"),), InvalidValue),
        (((cup, "S1"), (cup, "S2")), InvalidValue),
    ):
        with pytest.raises(refusal):
            hand_out(errands, ready, serials=wrong)
    assert hand_out(errands, ready, serials=((cup, "S2"),)).state is IssueState.SHIPPED


def test_over_http_broken_goods_are_asked_for_approved_and_handed_out(http_client: Caller, memory_errands: Errands) -> None:
    boss = http_client.as_("boss", Grant("outbound.*"))
    line = {"sku_id": str(memory_errands.shop.sku["CUP"]), "qty": 2, "state": "damaged"}
    receiver = {"recipient": "\u5e9f\u54c1\u7ad9", "phone": "13800138000", "city": "\u676d\u5dde", "street": "1"}
    body = {"warehouse_id": str(memory_errands.shop.warehouse), "reason": "scrap", "lines": [line], "receiver": receiver}
    made = http_client.post("/goods-issues", body).json()
    assert [one["state"] for one in made["lines"]] == ["damaged"]
    path = f"/goods-issues/{made['id']}"
    assert http_client.post(f"{path}/hand-out", {}).json()["code"] == "illegal-move"
    boss.post(f"{path}/approve", {}, version=1)
    assert http_client.post(f"{path}/hand-out", {}, version=9).json()["code"] == "version-conflict"
    gone = http_client.post(f"{path}/hand-out", {}).json()
    assert (gone["state"], gone["lines"][0]["shipped_qty"]) == ("shipped", 2)
