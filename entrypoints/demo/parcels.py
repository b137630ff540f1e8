"""The demo's parcels: numbers kept in stock, an answer that gets lost, a waybill that is voided, a parcel that arrives."""

from __future__ import annotations

from houtai.adapters.carriers.embedded import Fault
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.pool import OpenPool, open_pool
from houtai.application.shipping.pushes import ReceivePush, receive_carrier_push
from houtai.application.shipping.queries import show_waybill
from houtai.application.shipping.request import RequestWaybill, request_waybill
from houtai.application.shipping.void import VoidWaybill, void_waybill
from houtai.domain.act import Act, Entry
from houtai.domain.ids import ParcelId, PoolId, WaybillId, new_id
from houtai.domain.shipping.parcel import Contact, Parcel, Shipment
from houtai.domain.shipping.pool import PoolTerms
from houtai.domain.shipping.tracking import TrackState
from houtai.domain.shipping.waybill import Waybill
from houtai.entrypoints.demo.shop import Shop
from houtai.entrypoints.demo.stage import Stage

SENDER = Contact("后台仓", "021-55556666", "上海市", "上海市", "青浦区", "华徐公路999号")
RECEIVER = Contact("林小雨", "13800138000", "浙江省", "杭州市", "西湖区", "文三路90号3号楼2单元501室")


def give_to_the_carrier(stage: Stage, shop: Shop) -> None:
    """Two parcels get their waybills: one arrives, the other does not go after all."""
    office, carrier = stage.office, stage.carrier
    warehouse = next(iter(shop.warehouses.values()))
    dispatcher = Dispatcher(office, {carrier.name: carrier})

    def ask_for() -> WaybillId:
        shipment = Shipment(SENDER, RECEIVER, (Parcel(1_200, 300, 200, 100),), ("瓷杯",))
        cmd = RequestWaybill(WaybillId(new_id()), ParcelId(new_id()), warehouse, (carrier.name,), shipment)
        waybill = office.perform(request_waybill, cmd, stage.act("owner"))
        stage.deliver()
        return waybill.id

    def keep_numbers() -> None:
        office.perform(open_pool, OpenPool(PoolId(new_id()), carrier.name, PoolTerms(20, 5, recycled=True)), stage.act("owner"))
        stage.deliver()

    def ask_after() -> Waybill:
        stage.clock.advance(seconds=45)
        dispatcher.ask_unknown()
        return office.ask(show_waybill, lost, stage.act("owner"))

    def arrive() -> None:
        for state in (TrackState.PICKED_UP, TrackState.IN_TRANSIT, TrackState.OUT_FOR_DELIVERY, TrackState.DELIVERED):
            stage.clock.advance(seconds=20)
            carrier.happen(number, state)
        for push in carrier.pushes(copies=2):
            now = stage.clock.now()
            events = carrier.parse_push(push.headers, push.raw, now)
            act = Act.of_system(now, Entry.WEBHOOK)
            office.perform(receive_carrier_push, ReceivePush(carrier.name, events, push.raw.decode()), act)

    def undo() -> None:
        office.perform(void_waybill, VoidWaybill(second, "买家改主意了"), stage.act("owner"))
        stage.deliver()

    stage.tell(
        "owner", "keeps waybill numbers in stock: a block of twenty comes, the next is asked for when five are left", keep_numbers
    )
    carrier.arrange("buy", Fault.LOSE_ANSWER)
    lost = stage.tell("owner", "asks for a waybill; the carrier binds it, and its answer gets lost: unknown", ask_for)
    bound = stage.tell("the house", "asks the carrier instead of telling it again: bound, once", ask_after)
    number = bound.number
    shown = bound.shipment.receiver.masked()
    stage.tell("the label", f"says {shown.name} {shown.phone} {shown.address}", lambda: None)
    second = stage.tell("owner", "asks for a second waybill", ask_for)
    stage.tell("owner", "has it voided; the number goes back into stock", undo)
    stage.tell("the carrier", "pushes four steps, each twice: delivered, taken in once", arrive)
