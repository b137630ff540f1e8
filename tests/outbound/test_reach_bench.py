"""Whoever works in another warehouse, for another merchant or channel checks, packs, weighs, sends and stops nothing here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from houtai.application.office import Office
from houtai.application.orders.ship import CompleteOrder, complete_order
from houtai.application.outbound.check import (
    BeginCheck,
    CheckAnew,
    CheckInLane,
    CheckPiece,
    begin_check,
    check_anew,
    check_in_lane,
    check_piece,
)
from houtai.application.outbound.hand_over import (
    CloseManifest,
    OpenManifest,
    ScanParcel,
    add_parcel,
    cancel_manifest,
    close_manifest,
    open_manifest,
    remove_parcel,
)
from houtai.application.outbound.intercept import InterceptOrder, PutBack, intercept_order, put_back_goods
from houtai.application.outbound.pack import Pack, PackedParcel, ProposeBox, pack, propose_box
from houtai.application.outbound.weigh import AcceptWeight, SendBack, WeighParcel, accept_weight, send_back, weigh_parcel
from houtai.application.permission import extent_of
from houtai.domain.act import Act
from houtai.domain.authority import Dimension, Grant
from houtai.domain.ids import ManifestId, new_id
from houtai.domain.outbound.planning import BasketShape
from houtai.domain.refusal import Forbidden, NotFound
from tests.catalog.arrange import another
from tests.conftest import StillClock
from tests.orders.shop import Shop
from tests.outbound.dispatch import CARRIER, Dispatch
from tests.outbound.floor import NOBODY


class Bench(Dispatch):
    """A bench with an order at each step of its way."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.order = shop.paid(CUP=1)
        self.weighed_one = self.weighed(self.order)
        (self.parcel,) = self.parcels(self.weighed_one.id)
        self.open_list = self.manifest()
        self.scan(self.open_list.id, self.parcel.number)
        self.on_table = self.picked(shop.paid(BOWL=1))
        self.checked = self.check(self.picked(shop.paid(POT=1)).id)
        self.single = self.released(shop.paid(CUP=1))
        self.lane = self.waved(self.single, shape=BasketShape.SINGLE)
        self.pick(self.single.id)

    def stranger(self, verb: str, axis: Dimension) -> Act:
        """Somebody who holds the verb within another member of the axis."""
        return another(self.act, NOBODY, (Grant(verb, {axis: frozenset({new_id()})}),))


DEEDS: Final[dict[Callable[..., Any], Callable[[Bench], Any]]] = {
    begin_check: lambda bench: BeginCheck(bench.on_table.waybill),
    check_piece: lambda bench: CheckPiece(bench.on_table.id, bench.shop.sku["BOWL"]),
    check_anew: lambda bench: CheckAnew(bench.on_table.id),
    check_in_lane: lambda bench: CheckInLane(bench.lane, bench.shop.sku["CUP"]),
    pack: lambda bench: Pack(bench.checked.id, (PackedParcel("B"),)),
    weigh_parcel: lambda bench: WeighParcel(bench.parcel.number, 700),
    accept_weight: lambda bench: AcceptWeight(bench.parcel.id, "no reason"),
    send_back: lambda bench: SendBack(bench.weighed_one.id, "no reason"),
    open_manifest: lambda bench: OpenManifest(ManifestId(new_id()), bench.shop.warehouse, CARRIER),
    add_parcel: lambda bench: ScanParcel(bench.open_list.id, bench.parcel.number),
    remove_parcel: lambda bench: ScanParcel(bench.open_list.id, bench.parcel.number),
    cancel_manifest: lambda bench: bench.open_list.id,
    close_manifest: lambda bench: CloseManifest(bench.open_list.id),
    intercept_order: lambda bench: InterceptOrder(bench.weighed_one.id, "no reason"),
    put_back_goods: lambda bench: PutBack(bench.on_table.id, bench.shop.sku["BOWL"], 1, bench.shelf.id),
    complete_order: lambda bench: CompleteOrder(bench.order.id),
}
ASKED: Final = frozenset(deed.__name__ for deed in (*DEEDS, propose_box))
"""The deeds that are asked here, by name."""


@pytest.fixture
def bench(memory_office: Office, clock: StillClock) -> Bench:
    return Bench(Shop(memory_office, clock))


@pytest.mark.parametrize(
    ("deed", "axis"), [(deed, axis) for deed in DEEDS for axis in sorted(extent_of(deed).along, key=lambda one: one.value)]
)
def test_a_stranger_does_nothing_at_the_bench(bench: Bench, deed: Any, axis: Dimension) -> None:
    with pytest.raises((Forbidden, NotFound)):
        bench.office.perform(deed, DEEDS[deed](bench), bench.stranger(deed.verb, axis))


@pytest.mark.parametrize("axis", [Dimension.WAREHOUSE, Dimension.MERCHANT])
def test_a_stranger_is_told_no_box(bench: Bench, axis: Dimension) -> None:
    with pytest.raises((Forbidden, NotFound)):
        bench.office.ask(propose_box, ProposeBox(bench.checked.id), bench.stranger(propose_box.verb, axis))  # type: ignore[attr-defined]  # set by `needs`
