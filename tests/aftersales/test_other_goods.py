"""Goods that a claim names beside those of its order: its seller's, and what the buyer was really sent (SM-AS)."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.quote import ClaimWish
from houtai.application.catalog.describe import MoveSku, move_sku
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import NotEligible
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.catalog.product import Source
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import ClaimId, SkuId, new_id
from houtai.domain.orders.order import Order
from tests.aftersales.desk import EXCHANGE, RETURN, ServiceDesk
from tests.aftersales.test_forget import handed_over
from tests.catalog.arrange import new_sku, some_category, some_merchant, some_product


def asked(desk: ServiceDesk, order: Order, kind: ClaimKind, **goods: Any) -> Claim:
    wish = ApplyForClaim(ClaimId(new_id()), order.id, kind, Reason.DEFECTIVE, (ClaimWish(1, 1, **goods),))
    return desk.office.perform(apply_for_claim, wish, desk.act)


def bought(desk: ServiceDesk) -> Order:
    order = desk.shop.paid(CUP=1)
    desk.shipped(order)
    return order


def another(desk: ServiceDesk, **fields: Any) -> SkuId:
    """Of a product that the shop does not list."""
    sku = new_sku("OTHER")
    some_product(desk.office, desk.act, some_category(desk.office, desk.act, "X"), sku, **fields)
    return sku.id


def test_an_exchange_sends_other_goods_of_the_same_seller_and_these_may_come_back(desk: ServiceDesk) -> None:
    order, bowl = bought(desk), desk.shop.sku["BOWL"]
    claim = desk.approve(asked(desk, order, EXCHANGE, replacement=bowl))
    claim = desk.look(desk.back(claim, CUP=1), "CUP", 1)
    assert [line.sku_code for one in desk.sent_by(claim) for line in one.lines] == ["BOWL"]
    with pytest.raises(NotEligible, match="was ever sent for it"):
        asked(desk, order, RETURN, sku=bowl)
    handed_over(desk, claim)
    pending = desk.stock("BOWL").return_pending_qty
    back = desk.back(desk.approve(asked(desk, order, RETURN, sku=bowl)), CUP=1)
    assert (back.lines[0].sku_id, desk.stock("BOWL").return_pending_qty) == (bowl, pending + 1)


def test_nobody_sends_back_other_goods_than_they_were_sent(desk: ServiceDesk) -> None:
    order = bought(desk)
    for sku in (desk.shop.sku["SPOON"], SkuId(new_id())):
        with pytest.raises(NotEligible) as told:
            asked(desk, order, RETURN, sku=sku)
        assert told.value.objections == (f"line 1: no SKU {sku} was ever sent for it",)


def test_no_exchange_sends_goods_of_another_seller_or_that_nobody_knows(desk: ServiceDesk) -> None:
    order = bought(desk)
    for sku in (another(desk, merchant=some_merchant(desk.office, desk.act), source=Source.MERCHANT), SkuId(new_id())):
        with pytest.raises(NotEligible) as told:
            asked(desk, order, EXCHANGE, replacement=sku)
        assert told.value.objections == (f"line 1: its seller has no SKU {sku}",)


def test_no_exchange_sends_a_bundle_or_retired_goods(desk: ServiceDesk) -> None:
    order = bought(desk)
    old = another(desk)
    desk.office.perform(move_sku, MoveSku(old, 1, Standing.RETIRED), desk.act)
    with pytest.raises(NotEligible, match="SET is a bundle, which is in no stock"):
        asked(desk, order, EXCHANGE, replacement=desk.shop.sku["SET"])
    with pytest.raises(NotEligible, match="OTHER is retired"):
        asked(desk, order, EXCHANGE, replacement=old)
