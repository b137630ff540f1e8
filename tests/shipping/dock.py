"""A dock for tests: an office, the embedded carrier, and the relay between them."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.adapters.carriers.embedded import EmbeddedCarrier, Push
from houtai.application.deliveries import Outside
from houtai.application.office import Office
from houtai.application.relay import Relay
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.application.shipping.pool import OpenPool, open_pool, show_pool
from houtai.application.shipping.ports import KeptEvent
from houtai.application.shipping.pushes import PushReceipt, ReceivePush, receive_carrier_push
from houtai.application.shipping.queries import list_waybill_events, show_waybill
from houtai.application.shipping.request import RequestWaybill, request_waybill
from houtai.application.shipping.void import VoidWaybill, void_waybill
from houtai.domain.act import Act
from houtai.domain.event import Event
from houtai.domain.ids import ParcelId, PoolId, WarehouseId, WaybillId, new_id
from houtai.domain.shipping.parcel import Contact, Parcel, Shipment
from houtai.domain.shipping.pool import Pool, PoolTerms
from houtai.domain.shipping.waybill import Waybill, WaybillState
from tests.payments.till import no_channel

SECRET = b"a secret between the carrier and us"
WAREHOUSE = WarehouseId(new_id())
SENDER = Contact("后台仓", "021-55556666", "上海市", "上海市", "青浦区", "华徐公路999号", company="后台")
RECEIVER = Contact("张三丰", "13800138000", "浙江省", "杭州市", "西湖区", "文三路90号3号楼2单元501室")
SHIPMENT = Shipment(SENDER, RECEIVER, (Parcel(1_200, 300, 200, 100),), ("瓷杯",))


class Dock:
    """Everything that a waybill meets, with the carriers played by embedded ones."""

    def __init__(self, office: Office, clock: Any) -> None:
        self.office = office
        self.clock = clock
        self.carrier = EmbeddedCarrier(clock, secret=SECRET)
        self.second = EmbeddedCarrier(clock, secret=SECRET, name="second")
        carriers = {carrier.name: carrier for carrier in (self.carrier, self.second)}
        self.outside = Outside(office, {}, channel=no_channel, carriers=carriers)
        self.dispatcher = Dispatcher(office, carriers)
        self.relay = Relay(office, self.outside.deliverers(), jitter=lambda _: 0)
        self.announced: list[Event] = []

    @property
    def act(self) -> Act:
        return Act.of_system(self.clock.now())

    def wish(self, *carriers: str, **changes: Any) -> RequestWaybill:
        cmd = RequestWaybill(WaybillId(new_id()), ParcelId(new_id()), WAREHOUSE, carriers or ("embedded",), SHIPMENT)
        return attrs.evolve(cmd, **changes)

    def request(self, *carriers: str, delivered: bool = True, **changes: Any) -> WaybillId:
        cmd = self.wish(*carriers, **changes)
        self.office.perform(request_waybill, cmd, self.act)
        if delivered:
            self.relay.run_until_idle()
        return cmd.waybill

    def void(self, waybill: WaybillId, *, delivered: bool = True) -> Waybill:
        voided = self.office.perform(void_waybill, VoidWaybill(waybill, "cancelled"), self.act)
        if delivered:
            self.relay.run_until_idle()
        return voided

    def waybill(self, waybill: WaybillId) -> Waybill:
        return self.office.ask(show_waybill, waybill, self.act)

    def state(self, waybill: WaybillId) -> WaybillState:
        return self.waybill(waybill).state

    def news(self, waybill: WaybillId) -> list[KeptEvent]:
        return list(self.office.ask(list_waybill_events, waybill, self.act))

    def bring(self, push: Push) -> PushReceipt:
        now = self.clock.now()
        events = self.carrier.parse_push(push.headers, push.raw, now)
        cmd = ReceivePush(self.carrier.name, events, push.raw.decode())
        return self.office.perform(receive_carrier_push, cmd, Act.of_system(now))

    def bring_all(self, *, copies: int = 1) -> list[PushReceipt]:
        return [self.bring(push) for push in self.carrier.pushes(copies=copies)]

    def ask_later(self, **span: float) -> int:
        self.clock.advance(**span)
        return self.dispatcher.ask_unknown()

    def open_pool(self, carrier: str = "embedded", **terms: Any) -> PoolId:
        usual = PoolTerms(**{"block_qty": 3, "alarm_qty": 1, **terms})
        pool = PoolId(new_id())
        self.office.perform(open_pool, OpenPool(pool, carrier, usual), self.act)
        self.relay.run_until_idle()
        return pool

    def pool(self, pool: PoolId) -> Pool:
        return self.office.ask(show_pool, pool, self.act)

    def events(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.announced if isinstance(event, kind)]
