"""Orders of one buyer in one outbound order: each order's share in it, and what is left when one of them is cancelled."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import JointShareId, OutboundId, derive
from houtai.domain.outbound.line import OutboundLine
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundState

MAX_TOGETHER: Final = 20
"""Orders in one outbound order."""

_ON_THE_BENCH: Final = frozenset({OutboundState.CHECKED, OutboundState.PACKED, OutboundState.WEIGHED})


@attrs.frozen
class JointShare:
    """That an order travels in an outbound order with others. What is posted and told about its goods bears the share's id."""

    id: JointShareId
    outbound_id: OutboundId
    source_id: UUID
    source_number: str = attrs.field(validator=limits.text(0, 64))


def share_id(outbound_id: OutboundId, source_id: UUID) -> JointShareId:
    """The id of an order's share in a joint outbound order."""
    return JointShareId(derive(outbound_id, "share", source_id))


def document_of(order: OutboundOrder, source_id: UUID | None) -> UUID:
    """What the journals of this document's goods bear: the outbound order's own id, or that of the share in a joint one."""
    return share_id(order.id, source_id) if order.joint and source_id is not None else order.id


def others_go(order: OutboundOrder, source_id: UUID) -> bool:
    """Whether anything of the other orders in it is still to go out."""
    return any(line.demand_qty for line in order.lines if order.source_of(line) != source_id)


def part_off(order: OutboundOrder, source_id: UUID) -> tuple[OutboundOrder, tuple[OutboundLine, ...]]:
    """The order without the units of one of its sources, and the lines of those that are off the shelf, as they stood.

    What was checked or packed is checked again, for a parcel has to be opened. Raises IllegalMove once a carrier has it.
    """
    mine = order.lines_of(source_id)
    going = order.to_check_again() if order.state in _ON_THE_BENCH else order
    parted = {line.seq: line.parted() for line in mine}
    lines = tuple(parted.get(line.seq, line) for line in going.lines)
    return attrs.evolve(going, lines=lines), tuple(line for line in mine if line.picked_qty)
