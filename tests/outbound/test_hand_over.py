"""The hand-over on every adapter: each parcel once, on its carrier's list, and everything that closing it sends out at once."""

from __future__ import annotations

from typing import Any

import pytest

from houtai.application.office import Office
from houtai.application.outbound.hand_over import OpenManifest, ScanParcel, cancel_manifest, open_manifest, remove_parcel
from houtai.application.outbound.intercept import InterceptOrder, intercept_order
from houtai.application.outbound.pack import PackedParcel
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import ManifestId, new_id
from houtai.domain.outbound.manifest import ManifestState
from houtai.domain.outbound.parcel import Content, ParcelState
from houtai.domain.outbound.refusals import Intercepted, NotWeighed, OnManifest, StepTooEarly, WrongCarrier
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.work import PickState
from houtai.domain.refusal import Forbidden, IllegalMove, NotFound
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.inventory.arrange import stock_of
from tests.orders.shop import Shop
from tests.orders.test_statements import counted
from tests.outbound.dispatch import Dispatch


@pytest.fixture
def dispatch(office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(office, clock))


@pytest.fixture
def memory_dispatch(memory_office: Office, clock: StillClock) -> Dispatch:
    return Dispatch(Shop(memory_office, clock))


def on_hand(dispatch: Dispatch, code: str) -> int:
    return stock_of(dispatch.office, dispatch.act, dispatch.shop.sku[code], dispatch.shop.warehouse).sellable_qty


def test_closing_the_manifest_sends_everything_out(dispatch: Dispatch) -> None:
    orders = [dispatch.shop.paid(CUP=2, BOWL=1), dispatch.shop.paid(CUP=1)]
    closed = dispatch.shipped(*orders)
    assert (closed.state, closed.parcel_count, closed.weight_g) == (ManifestState.CLOSED, 2, 200 + 800 + 200 + 300)
    for order in orders:
        sent = dispatch.sent(order)
        assert sent.state is OutboundState.SHIPPED
        assert [line.shipped_qty for line in sent.lines] == [line.qty for line in order.lines]
        assert {row.state for row in dispatch.rows(sent.id)} == {PickState.ISSUED}
        assert [parcel.state for parcel in dispatch.parcels(sent.id)] == [ParcelState.HANDED_OVER]
    assert (on_hand(dispatch, "CUP"), on_hand(dispatch, "BOWL"), dispatch.shop.reserved("CUP")) == (7, 9, 0)


def test_what_the_carrier_charges_is_accrued_with_the_hand_over(memory_dispatch: Dispatch) -> None:
    memory_dispatch.shipped(memory_dispatch.shop.paid(CUP=1), memory_dispatch.shop.paid(BOWL=1))
    assert memory_dispatch.shop.balance("freight-cost") == 2_000
    assert memory_dispatch.shop.balance("freight-accrued") == -2_000


def test_the_statements_of_a_hand_over_do_not_grow_with_its_parcels(sql_store: Any, clock: StillClock) -> None:
    dispatch = Dispatch(Shop(Office(sql_store, clock), clock))
    sent = []
    for orders in (1, 4):
        manifest = dispatch.manifest()
        for _ in range(orders):
            dispatch.scan(manifest.id, dispatch.weighed(dispatch.shop.paid(CUP=1, BOWL=1)).waybill)
        with counted(sql_store) as statements:
            dispatch.close(manifest.id)
        sent.append(len(statements))
    assert sent[1] <= sent[0]


def test_a_parcel_is_on_one_manifest_once(dispatch: Dispatch) -> None:
    sent = dispatch.weighed(dispatch.shop.paid(CUP=1))
    first, second = dispatch.manifest(), dispatch.manifest()
    dispatch.scan(first.id, sent.waybill)
    for manifest in (first, second):
        with pytest.raises(OnManifest):
            dispatch.scan(manifest.id, sent.waybill)
    dispatch.office.perform(remove_parcel, ScanParcel(first.id, sent.waybill), dispatch.act)
    assert dispatch.scan(second.id, sent.waybill).parcel_count == 1
    assert dispatch.manifest_now(first.id).parcel_count == 0


def test_a_parcel_that_is_not_on_it_is_taken_off_without_a_trace(memory_dispatch: Dispatch) -> None:
    sent = memory_dispatch.weighed(memory_dispatch.shop.paid(CUP=1))
    manifest = memory_dispatch.manifest()
    same = memory_dispatch.office.perform(remove_parcel, ScanParcel(manifest.id, sent.waybill), memory_dispatch.act)
    assert same == manifest


def test_another_carriers_and_an_unweighed_parcel_are_refused(memory_dispatch: Dispatch) -> None:
    dispatch = memory_dispatch
    sent = dispatch.weighed(dispatch.shop.paid(CUP=1))
    with pytest.raises(WrongCarrier):
        dispatch.scan(dispatch.manifest("sf").id, sent.waybill)
    packed = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=1)).id)
    (parcel,) = dispatch.pack(packed.id)
    with pytest.raises(NotWeighed):
        dispatch.scan(dispatch.manifest().id, parcel.number)
    with pytest.raises(NotFound):
        dispatch.scan(dispatch.manifest().id, "nothing")


def test_a_stopped_order_is_not_handed_over_and_leaves_its_manifest(dispatch: Dispatch) -> None:
    first, second = (dispatch.weighed(dispatch.shop.paid(CUP=1)) for _ in range(2))
    manifest = dispatch.manifest()
    for one in (first, second):
        dispatch.scan(manifest.id, one.waybill)
    dispatch.office.perform(intercept_order, InterceptOrder(first.id, "refund"), dispatch.act)
    assert [entry.outbound_id for entry in dispatch.manifest_now(manifest.id).entries] == [second.id]
    with pytest.raises(Intercepted):
        dispatch.scan(manifest.id, first.waybill)
    dispatch.close(manifest.id)
    assert [dispatch.sent_by_id(one.id).state for one in (first, second)] == [OutboundState.INTERCEPTED, OutboundState.SHIPPED]


def test_an_empty_manifest_is_given_up_and_not_closed(memory_dispatch: Dispatch) -> None:
    manifest = memory_dispatch.manifest()
    with pytest.raises(StepTooEarly):
        memory_dispatch.close(manifest.id)
    gone = memory_dispatch.office.perform(cancel_manifest, manifest.id, memory_dispatch.act)
    assert gone.state is ManifestState.CANCELLED
    with pytest.raises(IllegalMove):
        memory_dispatch.close(manifest.id)


def test_a_manifest_closes_once_and_takes_no_parcel_after(memory_dispatch: Dispatch) -> None:
    manifest = memory_dispatch.shipped(memory_dispatch.shop.paid(CUP=1))
    with pytest.raises(IllegalMove):
        memory_dispatch.close(manifest.id)
    late = memory_dispatch.weighed(memory_dispatch.shop.paid(CUP=1))
    with pytest.raises(StepTooEarly):
        memory_dispatch.scan(manifest.id, late.waybill)


def test_an_order_leaves_with_all_its_parcels_or_not_yet(memory_dispatch: Dispatch) -> None:
    dispatch = memory_dispatch
    sent = dispatch.check(dispatch.picked(dispatch.shop.paid(CUP=2)).id)
    one = (Content(1, dispatch.shop.sku["CUP"], 1),)
    for parcel in dispatch.pack(sent.id, PackedParcel("B", one), PackedParcel("B", one)):
        dispatch.weigh(parcel)
    manifest = dispatch.manifest()
    dispatch.scan(manifest.id, f"{sent.number}-1")
    with pytest.raises(StepTooEarly, match="no waybill number"):
        dispatch.scan(manifest.id, f"{sent.number}-2")
    with pytest.raises(StepTooEarly, match="not on the manifest"):
        dispatch.close(manifest.id)
    assert on_hand(dispatch, "CUP") == 10


def test_the_same_manifest_is_opened_once(memory_dispatch: Dispatch) -> None:
    wish = OpenManifest(ManifestId(new_id()), memory_dispatch.shop.warehouse, "embedded")
    made = [memory_dispatch.office.perform(open_manifest, wish, memory_dispatch.act) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("deed", ["open", "scan", "close"])
def test_the_door_of_another_warehouse_is_out_of_reach(memory_dispatch: Dispatch, deed: str) -> None:
    dispatch = memory_dispatch
    sent = dispatch.weighed(dispatch.shop.paid(CUP=1))
    manifest = dispatch.manifest()
    grants = (Grant("outbound.ship", {Dimension.WAREHOUSE: frozenset({new_id()})}),)
    act = another(dispatch.act, grants=grants)
    deeds: dict[str, Any] = {
        "open": lambda: dispatch.office.perform(
            open_manifest, OpenManifest(ManifestId(new_id()), dispatch.shop.warehouse, "x"), act
        ),
        "scan": lambda: dispatch.office.perform(remove_parcel, ScanParcel(manifest.id, sent.waybill), act),
        "close": lambda: dispatch.office.perform(cancel_manifest, manifest.id, act),
    }
    with pytest.raises(Forbidden):
        deeds[deed]()
