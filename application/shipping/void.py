"""Undoing a waybill, as long as the carrier has not got the parcel."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.application.outbox import Message
from houtai.application.permission import CHANNEL, WAREHOUSE, needs
from houtai.application.shipping.ports import ShippingTx
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import Scope
from houtai.domain.ids import WaybillId, derive
from houtai.domain.refusal import NotFound
from houtai.domain.shipping.waybill import Waybill, WaybillState

VOID: Final = "shipping.void"
UNDOABLE: Final = frozenset({WaybillState.REQUESTED, WaybillState.UNKNOWN, WaybillState.BOUND})
"""Those that `undo` does something about; later the carrier has the parcel, or there is nothing to undo."""
_PATIENCE: Final = dt.timedelta(minutes=5)  # until a wish to void whose message is under way is asked after


@attrs.frozen
class VoidWaybill:
    """The parcel does not go, or not so."""

    waybill: WaybillId
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("shipping.void", along=(WAREHOUSE, CHANNEL))
def void_waybill(tx: ShippingTx, cmd: VoidWaybill, act: Act) -> Waybill:
    """Have the number undone; one of unknown outcome as soon as that is known. A second time is the first.

    Raises NotFound, and IllegalMove once the carrier has the parcel or refused the waybill.
    """
    waybill = tx.waybills.lock_one(cmd.waybill)
    if not act.may("shipping.void", Scope(warehouse=waybill.warehouse_id, channel=waybill.channel_id)):
        raise NotFound(what="waybill", key=str(cmd.waybill))
    return undo(tx, waybill, cmd.reason, act)


def undo(tx: ShippingTx, waybill: Waybill, reason: str, act: Act) -> Waybill:
    """The same for a module above, which has locked the waybill and demanded its own permission. Raises IllegalMove."""
    if waybill.state in (WaybillState.VOIDING, WaybillState.VOIDED):
        return waybill
    if waybill.state is WaybillState.BOUND:
        return ask_to_void(tx, waybill, act, reason)
    if waybill.state in (WaybillState.REQUESTED, WaybillState.UNKNOWN):
        if waybill.void_wanted:
            return waybill
        wanted = attrs.evolve(waybill, void_wanted=True, version=waybill.version + 1)
        tx.waybills.save(wanted)
        write_line(tx, act, "waybill", wanted, "void wanted", before=waybill.state, reason=reason)
        return wanted
    return waybill.moved(WaybillState.VOIDING)  # raises: the carrier has it


def ask_to_void(tx: ShippingTx, waybill: Waybill, act: Act, reason: str = "") -> Waybill:
    """From bound to voiding; the carrier hears of it after the commit."""
    voiding = waybill.moved(WaybillState.VOIDING, ask_at=act.at + _PATIENCE)
    tx.waybills.save(voiding)
    write_line(tx, act, "waybill", voiding, "voiding", before=waybill.state, reason=reason)
    payload = {"waybill": str(waybill.id)}
    message = Message(derive(waybill.id, "void", voiding.version), VOID, payload, created_at=act.at, due_at=act.at)
    tx.outbox.add(message)
    return voiding
