"""Parcels of nobody that turn out to be a claim's: just what lay in them comes into the stock."""

from __future__ import annotations

import pytest

from houtai.application.aftersales.parcels import AssignParcel, TakeDownParcel, assign_parcel, take_down_parcel
from houtai.application.aftersales.returns import CameBack
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.refusals import MoreThanCame
from houtai.domain.aftersales.return_parcel import FoundGoods, ParcelState, ReturnParcel
from houtai.domain.aftersales.state import ClaimState
from houtai.domain.ids import ReturnParcelId, new_id
from tests.aftersales.desk import RETURN, ServiceDesk


def awaited(desk: ServiceDesk) -> Claim:
    order = desk.shop.paid(CUP=2, BOWL=1)
    desk.shipped(order)
    return desk.approve(desk.claim(order, RETURN, CUP=2, BOWL=1))


def taken_down(desk: ServiceDesk, **units: int) -> ReturnParcel:
    goods = tuple(FoundGoods(desk.shop.sku[code], qty) for code, qty in units.items())
    cmd = TakeDownParcel(ReturnParcelId(new_id()), desk.shop.warehouse, goods=goods)
    return desk.office.perform(take_down_parcel, cmd, desk.act)


def assigned(desk: ServiceDesk, parcel: ReturnParcel, claim: Claim, *lines: tuple[int, int]) -> ReturnParcel:
    came = tuple(CameBack(line, qty) for line, qty in lines)
    return desk.office.perform(assign_parcel, AssignParcel(parcel.id, parcel.version, claim.id, came), desk.act)


@pytest.mark.parametrize(("lines", "left"), [([(1, 2)], 1), ([(1, 1), (1, 1)], 0), ([(1, 1), (2, 1)], 0)])
def test_no_more_is_taken_out_of_a_parcel_than_lay_in_it(desk: ServiceDesk, lines: list[tuple[int, int]], left: int) -> None:
    claim, parcel = awaited(desk), taken_down(desk, CUP=1)
    with pytest.raises(MoreThanCame) as told:
        assigned(desk, parcel, claim, *lines)
    assert (told.value.number, told.value.waiting_qty) == (parcel.number, left)
    assert (desk.now(claim).state, desk.stock("CUP").return_pending_qty) == (ClaimState.AWAITING_RETURN, 0)


def test_fewer_may_be_the_claims_and_what_nobody_took_down_is_told_when_it_is_assigned(desk: ServiceDesk) -> None:
    claim = awaited(desk)
    assert assigned(desk, taken_down(desk, CUP=2, BOWL=1), claim, (1, 1)).state is ParcelState.ASSIGNED
    assert assigned(desk, taken_down(desk), claim, (1, 1), (2, 1)).state is ParcelState.ASSIGNED
    assert [line.received_qty for line in desk.now(claim).lines] == [2, 1]
