"""What a step at a station brings about: its command, and the use case that does it in the transaction of the scan."""

from __future__ import annotations

from houtai.application.outbound.ports import OutboundTx
from houtai.application.permission import before
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.count_place import CountPlace, count_place
from houtai.application.warehouse.move_goods import MoveGoods, move_goods
from houtai.application.warehouse.station_steps import says
from houtai.domain.act import Act
from houtai.domain.warehouse.reply import MessageLevel, StationMessage


def carry_out(tx: OutboundTx, deed: object, act: Act) -> StationMessage | None:
    """Do it; what is to be said instead of the step's own words."""
    if isinstance(deed, MoveGoods):
        move_goods(tx, deed, before(move_goods, act))
    elif isinstance(deed, CarryUnit):
        carry_unit(tx, deed, before(carry_unit, act))
    elif isinstance(deed, CountPlace):
        outcome = count_place(tx, deed, before(count_place, act))
        if outcome.agrees:
            return says(MessageLevel.SUCCESS, "count-agrees", path=outcome.path)
        return says(MessageLevel.WARNING, "count-differs", path=outcome.path, number=outcome.adjustment)
    return None
