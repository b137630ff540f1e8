"""Outbound orders come into being: what one warehouse sends for an order, a transfer or a return, not yet in any wave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from houtai.application.numbers import HOUSE_TIME, next_number
from houtai.application.outbound.ports import OutboundTx
from houtai.application.outbound.serving import orders_of_each
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import ChannelId, MerchantId, OutboundId, SkuId, WarehouseId, derive
from houtai.domain.outbound.cut_off import next_cut_off
from houtai.domain.outbound.joint import JointShare, share_id
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundKind

RELEASE: Final = "outbound.release"
PREFIX: Final = "FO"
DOCUMENT: Final = "outbound-order"
MAX_NUMBER: Final = 64


@attrs.frozen
class PartLine:
    """So many units of a line of the source document that one warehouse sends.

    `source_id` says which document, where a consignment is of several.
    """

    source_line: int
    sku_id: SkuId
    sku_code: str
    qty: int = attrs.field(validator=limits.positive_qty)
    merchant_id: MerchantId | None = None
    source_id: UUID | None = None


@attrs.frozen
class Consignment:
    """What a document wants sent, warehouse by warehouse, by `ship_by` or else by the next cut-off of each warehouse.

    `together` are the numbers of further documents whose goods travel with it; then every line names its document.
    """

    kind: OutboundKind
    source_id: UUID
    source_number: str
    receiver: Address
    parts: Sequence[tuple[WarehouseId, tuple[PartLine, ...]]]
    channel_id: ChannelId | None = None
    priority: int = 0
    ship_by: dt.datetime | None = None
    together: Mapping[UUID, str] = attrs.field(factory=dict)

    def number_of(self, source_id: UUID) -> str:
        """What people call this document by."""
        return self.source_number if source_id == self.source_id else self.together[source_id]


def make_outbound_orders(tx: OutboundTx, wanted: Consignment, act: Act) -> tuple[OutboundOrder, ...]:
    """One NEW outbound order for each part, in their order; a document that is sent again gets further ones.

    A part with goods of several documents is a joint order: it names none of them, its lines do, and each has its share. The
    caller holds the document and has demanded its own verb. Statements do not grow with the lines.
    """
    earlier = {source_id: len(orders) for source_id, orders in orders_of_each(tx, (wanted.source_id, *wanted.together)).items()}
    settings = tx.dispatch_settings.many(warehouse_id for warehouse_id, _ in wanted.parts)
    made = []
    for warehouse_id, lines in wanted.parts:
        sources = tuple(dict.fromkeys(line.source_id or wanted.source_id for line in lines))
        place = earlier[sources[0]]
        for source_id in sources:
            earlier[source_id] += 1
        alone = len(sources) == 1
        owners = {line.merchant_id for line in lines}
        known = settings.get(warehouse_id)
        carrier = known.carriers[0] if known is not None else ""
        cut_offs = known.cut_offs if known is not None else ()
        made.append(
            OutboundOrder(
                id=OutboundId(derive(sources[0], "outbound", place)),
                number=next_number(tx, PREFIX, act.at),
                kind=wanted.kind,
                warehouse_id=warehouse_id,
                lines=tuple(_line(seq, line, None if alone else wanted.source_id) for seq, line in enumerate(lines, start=1)),
                receiver=wanted.receiver,
                made_at=act.at,
                source_id=sources[0] if alone else None,
                source_number=_named([wanted.number_of(source_id) for source_id in sources]),
                channel_id=wanted.channel_id,
                merchant_id=owners.pop() if len(owners) == 1 else None,
                carrier=carrier,
                priority=wanted.priority,
                ship_by=wanted.ship_by or next_cut_off(cut_offs, carrier, act.at, HOUSE_TIME),
            )
        )
    for order in made:
        tx.outbound_orders.add(order)
        for whose in order.sources if order.joint else ():
            if whose is not None:
                tx.joint_shares.add(JointShare(share_id(order.id, whose), order.id, whose, wanted.number_of(whose)))
        details = {"source": order.source_number, "kind": wanted.kind.value}
        write_line(tx, act, DOCUMENT, order, "released", before=None, details=details)
    return tuple(made)


def _line(seq: int, line: PartLine, source_id: UUID | None) -> OutboundLine:
    """`source_id` is what a line of a joint order serves that names none; None for the lines of an order that names its own."""
    return OutboundLine(
        seq,
        line.sku_id,
        line.sku_code,
        line.qty,
        source_line=line.source_line,
        source_id=None if source_id is None else line.source_id or source_id,
        merchant_id=line.merchant_id,
    )


def _named(numbers: Sequence[str]) -> str:
    """All numbers where they have room on a list, else the first and how many more."""
    whole = ", ".join(numbers)
    return whole if len(whole) <= MAX_NUMBER else f"{numbers[0]} +{len(numbers) - 1}"
