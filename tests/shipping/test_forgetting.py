"""A receiver is forgotten once the parcel has arrived or does not go, and not before."""

from __future__ import annotations

from houtai.application.permission import needs
from houtai.application.shipping.forget import forget_receivers
from houtai.application.shipping.ports import ShippingTx
from houtai.domain.act import Act
from houtai.domain.ids import ParcelId
from houtai.domain.shipping.tracking import TrackState
from tests.shipping.dock import RECEIVER, Dock


@needs("tests.forget")
def forget(tx: ShippingTx, cmd: tuple[ParcelId, ...], act: Act) -> int:
    return len(forget_receivers(tx, cmd, act))


def test_the_receiver_of_a_parcel_that_arrived_is_forgotten_once(dock: Dock) -> None:
    waybill = dock.waybill(dock.request())
    dock.carrier.happen(waybill.number, TrackState.DELIVERED)
    dock.bring_all()
    assert [dock.office.perform(forget, (waybill.parcel_id,), dock.act) for _ in range(2)] == [1, 0]
    left = dock.waybill(waybill.id).shipment.receiver
    assert (left.name, left.phone, left.address, left.city) == ("-", "-", "-", RECEIVER.city)


def test_a_parcel_on_its_way_keeps_its_receiver_and_one_that_does_not_go_loses_them(dock: Dock) -> None:
    going, voided = dock.waybill(dock.request()), dock.waybill(dock.request())
    dock.void(voided.id)
    assert dock.office.perform(forget, (going.parcel_id, voided.parcel_id), dock.act) == 1
    names = [dock.waybill(one.id).shipment.receiver.name for one in (going, voided)]
    assert names == [RECEIVER.name, "-"]


def test_nothing_is_forgotten_of_no_parcels(memory_dock: Dock) -> None:
    assert memory_dock.office.perform(forget, (), memory_dock.act) == 0
