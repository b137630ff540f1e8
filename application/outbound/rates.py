"""What carriers would take for a parcel from a warehouse: who may ask, and what they are asked."""

from __future__ import annotations

import attrs

from houtai.application.outbound.ports import OutboundViews
from houtai.application.permission import CHANNEL, WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import ChannelId, WarehouseId
from houtai.domain.shipping.parcel import MAX_PARCELS, Contact, Parcel, Shipment


@attrs.frozen(kw_only=True)
class AskRates:
    """Parcels from a warehouse to somebody, by these carriers; without any named, by those that the warehouse sends with."""

    warehouse: WarehouseId
    receiver: Contact = attrs.field(metadata={SECRET: True})
    parcels: tuple[Parcel, ...] = attrs.field(validator=limits.at_most(MAX_PARCELS, 1))
    goods: tuple[str, ...] = attrs.field(validator=limits.at_most(100, 1))
    carriers: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(10))
    channel: ChannelId | None = None


@attrs.frozen
class RateQuestion:
    """What carriers are asked, and which ones."""

    shipment: Shipment
    carriers: tuple[str, ...]


@needs("shipping.request", along=(WAREHOUSE, CHANNEL))
def shipment_to_rate(views: OutboundViews, query: AskRates, act: Act) -> RateQuestion:
    """The question as carriers take it, from the warehouse's sender. Raises NotFound where nobody has said how it sends."""
    act.demand("shipping.request", Scope(warehouse=query.warehouse, channel=query.channel))
    settings = views.dispatch_settings.get(query.warehouse)
    shipment = Shipment(settings.sender, query.receiver, query.parcels, query.goods)
    return RateQuestion(shipment, query.carriers or settings.carriers)
