"""What carriers would take, over HTTP: asked now, outside of any transaction, nothing kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from houtai.application.outbound.rates import AskRates, shipment_to_rate
from houtai.application.shipping.dispatcher import Dispatcher
from houtai.domain.ids import ChannelId, WarehouseId
from houtai.domain.shipping.parcel import Quote
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes
from houtai.entrypoints.http.waybills_wire import ContactIn, ParcelIn

ROUTES = Routes("shipping rates", "What carriers would take for a parcel.")

GoodsName = Annotated[str, Meta(min_length=1, max_length=100)]


class RatesWish(wire.Wire, kw_only=True):
    """Parcels to somebody; without `carriers`, those that the warehouse sends with are asked."""

    receiver: ContactIn
    parcels: Annotated[tuple[ParcelIn, ...], Meta(min_length=1, max_length=50)]
    goods: Annotated[tuple[GoodsName, ...], Meta(min_length=1, max_length=100)]
    carriers: Annotated[tuple[wire.Code, ...], Meta(max_length=10)] = ()
    channel_id: wire.Id | None = None


class ShippingRateOut(wire.Wire):
    """What a carrier would take; `days` 0 where it does not say how long."""

    carrier: str
    service: str
    charge: wire.Money
    days: int


class ShippingRatesOut(wire.Wire):
    """The offers, the cheapest of a currency first."""

    items: tuple[ShippingRateOut, ...]


@ROUTES.post("/warehouses/{warehouse_id}/shipping-rates", shipment_to_rate, keyed=False)
def post_shipping_rates(desk: Desk, warehouse_id: wire.Id, body: RatesWish) -> ShippingRatesOut:
    """Ask carriers what they would take from this warehouse; one that does not answer, or has no prices, is left out."""
    question = AskRates(
        warehouse=WarehouseId(warehouse_id),
        receiver=body.receiver.value(),
        parcels=tuple(parcel.value() for parcel in body.parcels),
        goods=body.goods,
        carriers=body.carriers,
        channel=None if body.channel_id is None else ChannelId(body.channel_id),
    )
    asked = desk.ask(shipment_to_rate, question)
    offers = Dispatcher(desk.house.office, desk.house.carriers).rates(asked.shipment, asked.carriers)
    return ShippingRatesOut(tuple(map(_out, offers)))


def _out(quote: Quote) -> ShippingRateOut:
    return ShippingRateOut(quote.carrier, quote.service, wire.Money.of(quote.charge), quote.days)
