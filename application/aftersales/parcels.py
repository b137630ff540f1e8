"""Parcels at the returns desk that nobody can assign at once: taken down, found out about, assigned or sent back."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.aftersales.lock import demand_parcel, goods_of
from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.returns import RECEIVE, CameBack, ReceiveReturn, receive_return
from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import next_number
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.refusals import MoreThanCame
from houtai.domain.aftersales.return_parcel import HOURS, FoundGoods, ParcelState, ReturnParcel
from houtai.domain.ids import ClaimId, ReturnParcelId, SkuId, WarehouseId
from houtai.domain.refusal import AlreadyExists, VersionConflict

DOCUMENT = "return-parcel"
PREFIX = "RP"


@attrs.frozen
class TakeDownParcel:
    """A parcel that came to a warehouse and belongs to no claim that anybody knows; what lay in it, as far as it is ours."""

    parcel: ReturnParcelId
    warehouse: WarehouseId
    waybill: str = attrs.field(default="", validator=limits.text(0, 64))
    goods: tuple[FoundGoods, ...] = attrs.field(default=(), validator=limits.at_most(limits.MAX_LINES))
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def take_down_parcel(tx: AftersalesTx, cmd: TakeDownParcel, act: Act) -> ReturnParcel:
    """UNKNOWN, on the worklist of the returns desk; no stock moves. Raises NotFound, NotStocked, AlreadyExists."""
    warehouse = tx.warehouses.get(cmd.warehouse)
    skus = stocked_skus(tx, [one.sku_id for one in cmd.goods])
    demand_at(act, RECEIVE, warehouse, skus.values())
    if tx.return_parcels.find(cmd.parcel) is not None:
        raise AlreadyExists(what="return parcel", key=str(cmd.parcel))
    parcel = ReturnParcel(
        id=cmd.parcel,
        number=next_number(tx, PREFIX, act.at),
        warehouse_id=warehouse.id,
        waybill=cmd.waybill,
        came_at=act.at,
        actor=act.actor,
        goods=cmd.goods,
        note=cmd.note,
        due_at=act.at + dt.timedelta(hours=HOURS),
    )
    tx.return_parcels.add(parcel)
    write_line(tx, act, DOCUMENT, parcel, "taken down", before=None, details={"waybill": cmd.waybill})
    return parcel


@attrs.frozen
class AssignParcel:
    """The parcel belongs to a claim: what of it are which lines of the claim's order."""

    parcel: ReturnParcelId
    expected_version: int
    claim: ClaimId
    lines: tuple[CameBack, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def assign_parcel(tx: AftersalesTx, cmd: AssignParcel, act: Act) -> ReturnParcel:
    """ASSIGNED, and its goods are received for the claim in the same transaction.

    Raises VersionConflict, IllegalMove, MoreThanCame for more than was found in it, if anybody took that down, and what
    `receive_return` raises.
    """
    known = tx.return_parcels.get(cmd.parcel)
    receive_return(tx, ReceiveReturn(cmd.claim, known.warehouse_id, cmd.lines, known.waybill), act)
    parcel = _locked(tx, cmd.parcel, cmd.expected_version, act)
    _demand_found(tx, parcel, cmd)
    return _keep(tx, parcel, parcel.ended(ParcelState.ASSIGNED, cmd.claim), act, "")


@attrs.frozen
class SendParcelBack:
    """Nobody's, or nothing of ours: it went back to whoever sent it."""

    parcel: ReturnParcelId
    expected_version: int
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def send_parcel_back(tx: AftersalesTx, cmd: SendParcelBack, act: Act) -> ReturnParcel:
    """SENT_BACK. Raises NotFound, VersionConflict, IllegalMove."""
    parcel = _locked(tx, cmd.parcel, cmd.expected_version, act)
    return _keep(tx, parcel, parcel.ended(ParcelState.SENT_BACK), act, cmd.reason)


def _demand_found(tx: AftersalesTx, parcel: ReturnParcel, cmd: AssignParcel) -> None:
    claim = tx.claims.get(cmd.claim)
    order = tx.orders.get(claim.order_id)
    left: dict[SkuId, int] = {}
    for one in parcel.goods:
        left[one.sku_id] = left.get(one.sku_id, 0) + one.qty
    for line in cmd.lines if left else ():
        sku_id = goods_of(claim, order, line.line)
        if line.qty > left.get(sku_id, 0):
            raise MoreThanCame(number=parcel.number, line=line.line, wanted_qty=line.qty, waiting_qty=left.get(sku_id, 0))
        left[sku_id] -= line.qty


def _locked(tx: AftersalesTx, parcel_id: ReturnParcelId, expected_version: int, act: Act) -> ReturnParcel:
    parcel = tx.return_parcels.lock_one(parcel_id)
    skus = tx.skus.many(one.sku_id for one in parcel.goods)
    demand_parcel(act, RECEIVE, parcel, tx.warehouses.get(parcel.warehouse_id), skus.values())
    if parcel.version != expected_version:
        raise VersionConflict(
            what="return parcel", key=parcel.number, expected_version=expected_version, current_version=parcel.version
        )
    return parcel


def _keep(tx: AftersalesTx, before: ReturnParcel, after: ReturnParcel, act: Act, reason: str) -> ReturnParcel:
    tx.return_parcels.save(after)
    write_line(tx, act, DOCUMENT, after, after.state.value, before=before.state, reason=reason)
    return after
