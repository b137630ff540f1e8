"""Outbound orders come into being: what one warehouse sends for an order, a transfer or a return, not yet in any wave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.numbers import HOUSE_TIME, next_number
from houtai.application.outbound.ports import OUTBOUND_OF, OutboundTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, MerchantId, OutboundId, SkuId, WarehouseId, derive
from houtai.domain.outbound.cut_off import next_cut_off
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundKind

RELEASE: Final = "outbound.release"
PREFIX: Final = "FO"
DOCUMENT: Final = "outbound-order"


@attrs.frozen
class PartLine:
    """So many units of a line of the source document that one warehouse sends."""

    source_line: int
    sku_id: SkuId
    sku_code: str
    qty: int = attrs.field(validator=limits.positive_qty)
    merchant_id: MerchantId | None = None


@attrs.frozen
class Consignment:
    """What a document wants sent, warehouse by warehouse, by `ship_by` or else by the next cut-off of each warehouse."""

    kind: OutboundKind
    source_id: UUID
    source_number: str
    receiver: Address
    parts: Sequence[tuple[WarehouseId, tuple[PartLine, ...]]]
    channel_id: ChannelId | None = None
    priority: int = 0
    ship_by: dt.datetime | None = None


def make_outbound_orders(tx: OutboundTx, wanted: Consignment, act: Act) -> tuple[OutboundOrder, ...]:
    """One NEW outbound order for each part, in their order; a document that is sent again gets further ones.

    The caller holds the document and has demanded its own verb. Statements do not grow with the lines.
    """
    earlier = len(tx.outbound_orders.by(OUTBOUND_OF, wanted.source_id))
    settings = tx.dispatch_settings.many(warehouse_id for warehouse_id, _ in wanted.parts)
    made = []
    for place, (warehouse_id, lines) in enumerate(wanted.parts, start=earlier):
        owners = {line.merchant_id for line in lines}
        known = settings.get(warehouse_id)
        carrier = known.carriers[0] if known is not None else ""
        cut_offs = known.cut_offs if known is not None else ()
        made.append(
            OutboundOrder(
                id=OutboundId(derive(wanted.source_id, "outbound", place)),
                number=next_number(tx, PREFIX, act.at),
                kind=wanted.kind,
                warehouse_id=warehouse_id,
                lines=tuple(_line(seq, line) for seq, line in enumerate(lines, start=1)),
                receiver=wanted.receiver,
                made_at=act.at,
                source_id=wanted.source_id,
                source_number=wanted.source_number,
                channel_id=wanted.channel_id,
                merchant_id=owners.pop() if len(owners) == 1 else None,
                carrier=carrier,
                priority=wanted.priority,
                ship_by=wanted.ship_by or next_cut_off(cut_offs, carrier, act.at, HOUSE_TIME),
            )
        )
    for order in made:
        tx.outbound_orders.add(order)
        details = {"source": wanted.source_number, "kind": wanted.kind.value}
        write_line(tx, act, DOCUMENT, order, "released", before=None, details=details)
    return tuple(made)


def _line(seq: int, line: PartLine) -> OutboundLine:
    return OutboundLine(seq, line.sku_id, line.sku_code, line.qty, source_line=line.source_line, merchant_id=line.merchant_id)
