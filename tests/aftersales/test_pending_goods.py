"""Goods that came back lie for their claim: nobody moves them into another state, adjusts them or takes them out beside it."""

from __future__ import annotations

import pytest

from houtai.application.inventory.adjust import RequestAdjustment, request_adjustment
from houtai.application.outbound.goods_issues import IssueWish, RequestGoodsIssue, request_goods_issue
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.domain.ids import AdjustmentId, GoodsIssueId, new_id
from houtai.domain.inventory.adjustment import AdjustmentLine
from houtai.domain.inventory.movement import Reason
from houtai.domain.inventory.stock import StockState
from houtai.domain.outbound.goods_issue import IssueReason
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.location import Standard, standard_id
from tests.aftersales.desk import RETURN, ServiceDesk
from tests.orders.shop import HOME

PENDING, SELLABLE = StockState.RETURN_PENDING, StockState.SELLABLE


@pytest.fixture
def returned(desk: ServiceDesk) -> ServiceDesk:
    """A cup lies here for its claim."""
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    desk.back(desk.approve(desk.claim(order, RETURN, CUP=1)), CUP=1)
    return desk


@pytest.mark.parametrize(("state", "to_state"), [(PENDING, SELLABLE), (SELLABLE, PENDING)])
def test_they_are_not_regraded_beside_their_claim(returned: ServiceDesk, state: StockState, to_state: StockState) -> None:
    unplaced = standard_id(returned.shop.warehouse, Standard.UNPLACED)
    line = MoveLine(returned.shop.sku["CUP"], 1, unplaced, returned.shelf.id, state=state, to_state=to_state)
    with pytest.raises(InvalidValue, match="belongs to its claim"):
        returned.office.perform(move_goods, MoveGoods(new_id(), returned.shop.warehouse, (line,)), returned.act)
    assert returned.stock("CUP").return_pending_qty == 1


def test_they_are_carried_to_another_place_as_they_are(returned: ServiceDesk) -> None:
    unplaced = standard_id(returned.shop.warehouse, Standard.UNPLACED)
    line = MoveLine(returned.shop.sku["CUP"], 1, unplaced, returned.shelf.id, state=PENDING)
    returned.office.perform(move_goods, MoveGoods(new_id(), returned.shop.warehouse, (line,)), returned.act)
    assert returned.stock("CUP").return_pending_qty == 1


@pytest.mark.parametrize(("state", "delta_qty", "to_state"), [(PENDING, -1, None), (PENDING, 1, None), (SELLABLE, -1, PENDING)])
def test_they_are_not_adjusted(returned: ServiceDesk, state: StockState, delta_qty: int, to_state: StockState | None) -> None:
    with pytest.raises(InvalidValue, match="belongs to its claim"):
        line = AdjustmentLine(1, returned.shop.sku["CUP"], state, delta_qty, to_state)
        cmd = RequestAdjustment(AdjustmentId(new_id()), returned.shop.warehouse, Reason.DAMAGE, (line,))
        returned.office.perform(request_adjustment, cmd, returned.act)


def test_they_leave_in_no_goods_issue(returned: ServiceDesk) -> None:
    wishes = (IssueWish(returned.shop.sku["CUP"], 1, PENDING),)
    cmd = RequestGoodsIssue(GoodsIssueId(new_id()), returned.shop.warehouse, IssueReason.SCRAP, wishes, HOME)
    with pytest.raises(InvalidValue, match="belongs to its claim"):
        returned.office.perform(request_goods_issue, cmd, returned.act)
