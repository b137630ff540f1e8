"""What documents share that send goods and are no sale: reserved, one outbound order for the waves, called off, posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import attrs

from houtai.application.inventory.reserve import release, reserve
from houtai.application.ledger.post import post
from houtai.application.outbound.intercept import lock_to_stop, stop_orders
from houtai.application.outbound.ports import OutboundTx
from houtai.application.outbound.release import Consignment, PartLine, make_outbound_orders
from houtai.application.outbound.serving import orders_of
from houtai.application.ports import TryAgain
from houtai.domain.act import Act
from houtai.domain.customers.customer import Address
from houtai.domain.ids import JournalId, OrderId, SkuId, WarehouseId, derive
from houtai.domain.inventory.reservation import Want
from houtai.domain.ledger.account import AccountKey
from houtai.domain.ledger.journal import Entry
from houtai.domain.outbound.events import GoodsOut, OutboundEvent
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.state import OutboundKind, OutboundState


class WantedLine(Protocol):
    """A line of such a document."""

    @property
    def seq(self) -> int:
        """Its place."""

    @property
    def sku_id(self) -> SkuId:
        """Of what."""

    @property
    def qty(self) -> int:
        """So many."""


class Sender(Protocol):
    """Such a document."""

    @property
    def id(self) -> UUID:
        """What its outbound orders name as their source."""

    @property
    def number(self) -> str:
        """What people call it by."""

    @property
    def version(self) -> int:
        """How often it changed."""


@attrs.frozen
class Errand:
    """What is to be sent from where to whom, how urgent it is, and by when its carrier has to have it."""

    kind: OutboundKind
    warehouse_id: WarehouseId
    lines: Sequence[WantedLine]
    receiver: Address
    priority: int = 0
    ship_by: dt.datetime | None = None


def reserved_for(source: Sender) -> OrderId:
    """What the reservations of such a document name in the place of an order."""
    return OrderId(source.id)


def reserve_all(tx: OutboundTx, source: Sender, errand: Errand, act: Act) -> None:
    """Everything is reserved at the warehouse, or nothing. Raises OutOfStock with every short SKU."""
    wants = [Want(line.seq, line.sku_id, line.qty) for line in errand.lines]
    reserve(tx, reserved_for(source), wants, (errand.warehouse_id,), act)


def send_out(tx: OutboundTx, source: Sender, errand: Errand, act: Act) -> None:
    """One outbound order for the waves of the warehouse."""
    skus = tx.skus.many(line.sku_id for line in errand.lines)
    lines = tuple(
        PartLine(line.seq, line.sku_id, skus[line.sku_id].code, line.qty, skus[line.sku_id].merchant_id) for line in errand.lines
    )
    wanted = Consignment(
        kind=errand.kind,
        source_id=source.id,
        source_number=source.number,
        receiver=errand.receiver,
        parts=[(errand.warehouse_id, lines)],
        priority=errand.priority,
        ship_by=errand.ship_by,
    )
    make_outbound_orders(tx, wanted, act)


def lock_before(tx: OutboundTx, source_id: UUID) -> list[OutboundOrder]:
    """Its outbound orders, with the locks that stopping them takes: before the document's own, as a hand-over has it."""
    found = orders_of(tx, source_id)
    lock_to_stop(tx, [one.id for one in found])
    return found


def call_off(tx: OutboundTx, source: Sender, seen: Collection[OutboundOrder], reason: str, act: Act) -> None:
    """Nothing of it goes out: its outbound orders are stopped and its goods free.

    Goods that are off the shelf are carried back later; no new order is promised their bins until then.
    """
    now = orders_of(tx, source.id)
    if {one.id for one in now} != {one.id for one in seen}:
        message = "it was handed over to its warehouse meanwhile"
        raise TryAgain(message)
    stop_orders(tx, [one.id for one in now if one.state is not OutboundState.CANCELLED], reason[:200], act)
    release(tx, reserved_for(source), act)


def nothing_goes(tx: OutboundTx, event: OutboundEvent) -> bool:
    """Whether every outbound order of the document behind one that was stopped is over."""
    assert event.source_id is not None, "somebody wanted it"
    return all(one.state is OutboundState.CANCELLED for one in orders_of(tx, event.source_id))


def units_and_value(goods: Collection[GoodsOut]) -> tuple[dict[int, int], dict[int, int]]:
    """What left of each line of the document, in units and in what they took out of the stock."""
    units: dict[int, int] = {}
    value: dict[int, int] = {}
    for one in goods:
        units[one.source_line] = units.get(one.source_line, 0) + one.qty
        value[one.source_line] = value.get(one.source_line, 0) + one.cost_minor
    return units, value


def post_value(tx: OutboundTx, source: Sender, amounts: Mapping[AccountKey, int], act: Act, *, document: str, event: str) -> None:
    """The journal of what the document's goods did now; none where nothing is worth anything. Each version has one at most."""
    entries = tuple(Entry(account, minor) for account, minor in amounts.items() if minor)
    if entries:
        journal = JournalId(derive(source.id, "journal", source.version))
        memo = f"{event}: {source.number}"
        post(tx, id=journal, document=document, document_id=source.id, entries=entries, memo=memo, act=act)
