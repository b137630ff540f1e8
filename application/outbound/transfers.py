"""Transfers: goods asked for from another warehouse, reserved and sent as any outbound order is, or called off (SM-TR)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import attrs

from houtai.application.inventory.receive import stocked_skus
from houtai.application.inventory.reserve import release
from houtai.application.inventory.scope import demand_at
from houtai.application.numbers import next_number
from houtai.application.outbound.errands import (
    Errand,
    nothing_goes,
    post_value,
    reserve_all,
    reserved_for,
    send_out,
    units_and_value,
)
from houtai.application.outbound.ports import OutboundTx
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import SkuId, TransferId, WarehouseId
from houtai.domain.inventory.refusals import WarehouseClosed
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.outbound.events import ManifestClosed, OutboundCancelled, OutboundShipped
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundKind
from houtai.domain.outbound.transfer import Transfer, TransferLine, TransferState
from houtai.domain.refusal import AlreadyExists, CurrencyMismatch, InvalidValue, VersionConflict

TRANSFER: Final = "outbound.transfer"
PREFIX: Final = "TR"
DOCUMENT: Final = "transfer"


@attrs.frozen
class TransferWish:
    """So many units of a SKU."""

    sku: SkuId
    qty: int = attrs.field(validator=limits.positive_qty)


@attrs.frozen
class CreateTransfer:
    """Goods that are to go from one warehouse to another."""

    transfer: TransferId
    source: WarehouseId
    destination: WarehouseId
    lines: tuple[TransferWish, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, 1))
    note: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(TRANSFER, along=(WAREHOUSE, MERCHANT))
def create_transfer(tx: OutboundTx, cmd: CreateTransfer, act: Act) -> Transfer:
    """A DRAFT, asked for in the source. Both warehouses are open, of the same owner, and keep their books in one currency.

    Raises NotFound, NotStocked, WarehouseClosed, InvalidValue for ends that differ in owner, CurrencyMismatch, AlreadyExists.
    """
    source, destination = (tx.warehouses.get(one) for one in (cmd.source, cmd.destination))
    skus = stocked_skus(tx, [line.sku for line in cmd.lines])
    demand_at(act, TRANSFER, source, skus.values())
    if tx.transfers.find(cmd.transfer) is not None:
        raise AlreadyExists(what="transfer", key=str(cmd.transfer))
    for warehouse in (source, destination):
        if not warehouse.active:
            raise WarehouseClosed(warehouse_code=warehouse.code)
    if source.merchant_id != destination.merchant_id:
        raise InvalidValue(field="destination", rule="must be a warehouse of the same owner: a transfer changes no owner")
    if source.currency != destination.currency:
        raise CurrencyMismatch(left=source.currency, right=destination.currency)
    lines = tuple(TransferLine(seq, line.sku, line.qty) for seq, line in enumerate(cmd.lines, start=1))
    number = next_number(tx, PREFIX, act.at)
    transfer = Transfer(cmd.transfer, number, source.id, destination.id, lines, act.at, source.currency)
    tx.transfers.add(transfer)
    write_line(tx, act, DOCUMENT, transfer, "created", before=None, reason=cmd.note)
    return transfer


@attrs.frozen
class ReadyTransfer:
    """Reserve the goods and hand them to the source warehouse. `receiver` is empty for whom the destination sends as."""

    transfer: TransferId
    expected_version: int | None = None
    receiver: Address | None = attrs.field(default=None, metadata={SECRET: True})
    priority: int = attrs.field(default=0, validator=limits.between(0, 9))
    ship_by: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))


@needs(TRANSFER, along=(WAREHOUSE, MERCHANT))
def ready_transfer(tx: OutboundTx, cmd: ReadyTransfer, act: Act) -> Transfer:
    """READY: everything is reserved at the source, or nothing, and one outbound order is there for its waves.

    Raises NotFound, VersionConflict, IllegalMove, OutOfStock with every short SKU, StepTooEarly without an address.
    """
    before = lock_transfer(tx, cmd.transfer, TRANSFER, act, cmd.expected_version)
    ready = before.ready()
    receiver = cmd.receiver or _address_of(tx, before)
    errand = Errand(OutboundKind.TRANSFER, before.source_id, before.lines, receiver, cmd.priority, cmd.ship_by)
    reserve_all(tx, before, errand, act)
    keep_transfer(tx, before, ready, "ready", act)
    send_out(tx, before, errand, act)
    return ready


def _address_of(tx: OutboundTx, transfer: Transfer) -> Address:
    """Where the destination sends from is where it takes in. Raises StepTooEarly where nobody has said so."""
    settings = tx.dispatch_settings.find(transfer.destination_id)
    if settings is None:
        raise StepTooEarly(number=transfer.number, step="made ready", missing="the destination has no address")
    there = settings.sender
    return Address(
        recipient=there.name,
        phone=there.phone[:24],
        country=there.country,
        region=there.region,
        city=there.city,
        district=there.district,
        street=there.address[:200],
        postcode=there.postcode[:16],
    )


def lock_transfer(tx: OutboundTx, transfer_id: TransferId, verb: str, act: Act, version: int | None) -> Transfer:
    """The transfer, locked for who may do this at its source. Raises NotFound, Forbidden, VersionConflict."""
    transfer = tx.transfers.lock_one(transfer_id)
    demand_at(act, verb, tx.warehouses.get(transfer.source_id), tx.skus.many(line.sku_id for line in transfer.lines).values())
    demand_transfer_version(transfer, version)
    return transfer


def demand_transfer_version(transfer: Transfer, version: int | None) -> None:
    """Raises VersionConflict for a transfer that went on since the caller saw it."""
    if version is not None and transfer.version != version:
        raise VersionConflict(what="transfer", key=transfer.number, expected_version=version, current_version=transfer.version)


def keep_transfer(
    tx: OutboundTx,
    before: Transfer,
    after: Transfer,
    event: str,
    act: Act,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Transfer:
    """Save the transfer as its next version, with one line in its timeline."""
    kept = attrs.evolve(after, version=before.version + 1)
    tx.transfers.save(kept)
    write_line(tx, act, DOCUMENT, kept, event, before=before.state, reason=reason, details=details)
    return kept


def on_transfers_closed(tx: OutboundTx, event: ManifestClosed, act: Act) -> None:
    """Lock the transfers behind a manifest in one statement, before its goods are theirs on the road."""
    del act
    tx.transfers.lock(TransferId(source_id) for source_id in event.source_ids)


def on_transfer_shipped(tx: OutboundTx, event: OutboundShipped, act: Act) -> None:
    """IN_TRANSIT: units and value are on the road. What stays reserved and was not sent is free. Raises PeriodClosed."""
    if event.kind is not OutboundKind.TRANSFER or event.source_id is None:
        return
    before = tx.transfers.lock_one(TransferId(event.source_id))
    units, value = units_and_value(event.goods)
    sent, _ = before.shipped(units, value)
    details = {"outbound": event.number, "waybills": list(event.waybills), "units": {str(seq): qty for seq, qty in units.items()}}
    kept = keep_transfer(tx, before, sent, "sent", act, details=details)
    release(tx, reserved_for(before), act)
    worth = sum(value.values())
    books = {_account(AccountCode.IN_TRANSIT, kept): worth, _account(AccountCode.INVENTORY, kept): -worth}
    post_value(tx, kept, books, act, document=DOCUMENT, event="sent")


def on_transfer_stopped(tx: OutboundTx, event: OutboundCancelled, act: Act) -> None:
    """The warehouse stopped it before it left, and everything is back: it is a DRAFT again, nothing reserved."""
    if event.kind is not OutboundKind.TRANSFER or event.source_id is None:
        return
    before = tx.transfers.lock_one(TransferId(event.source_id))
    if before.state is TransferState.READY and nothing_goes(tx, event):
        keep_transfer(tx, before, before.recalled(), "recalled", act, reason=event.reason)
        release(tx, reserved_for(before), act)


def _account(code: AccountCode, transfer: Transfer) -> AccountKey:
    return AccountKey(code, "", transfer.currency)
