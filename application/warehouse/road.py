"""Goods on the road, as places see them: they arrive in a bin from another warehouse or a buyer, or are lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import attrs

from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.passage import Leg, check_passage
from houtai.application.warehouse.racks import Racks
from houtai.application.warehouse.standard import ensure_standard
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.bin_refusals import SerialTaken
from houtai.domain.warehouse.bins import BinKey, MoveCause, MoveReason
from houtai.domain.warehouse.location import Activity, Standard, standard_id
from houtai.domain.warehouse.lots import SerialState


@attrs.frozen
class Coming:
    """So many units of a document's line that go from the road into this bin; `serials` those of them that have a number."""

    line: int
    bin: BinKey
    qty: int = attrs.field(validator=limits.positive_qty)
    serials: tuple[str, ...] = ()


def check_arrival(tx: BinsTx, comings: Sequence[Coming], act: Act, *, origin: Standard = Standard.TRANSIT) -> None:
    """Lock the places that goods go to from a virtual one and refuse what may not be put there; before any stock is locked.

    Raises NotFound, CannotPlace, InvalidValue for a lot of other goods.
    """
    for warehouse_id in dict.fromkeys(one.bin.warehouse_id for one in comings):
        ensure_standard(tx, warehouse_id, act)
    legs = [Leg(_at(origin, one.bin), one.bin, one.qty) for one in comings]
    check_passage(tx, legs, tx.skus.many(leg.target.sku_id for leg in legs), Activity.PUTAWAY)


def arrive(
    tx: BinsTx,
    comings: Sequence[Coming],
    act: Act,
    *,
    document: str,
    document_id: UUID,
    origin: Standard = Standard.TRANSIT,
    reason: MoveReason = MoveReason.ARRIVED,
) -> None:
    """Put units into bins that were on the road to this warehouse. The caller has called `check_arrival` and locked the stocks.

    Raises NotFound for a serial that never was here, SerialTaken for one that lies somewhere.
    """
    racks = Racks.lock(tx, [one.bin for one in comings])
    numbered = [(one.bin.sku_id, code) for one in comings for code in one.serials]
    known = tx.serials.lock(numbered) if numbered else {}
    for one in comings:
        racks.come(one.bin, origin, one.qty, _cause(one.line, reason, act, document, document_id))
        for code in one.serials:
            serial = known.get((one.bin.sku_id, code))
            if serial is None:
                raise NotFound(what="serial", key=code)
            if serial.state is SerialState.STORED:
                raise SerialTaken(serial=code)
            tx.serials.save(attrs.evolve(serial, bin_id=one.bin.id, state=SerialState.STORED, since=act.at))
    racks.write()


@attrs.frozen
class Lost:
    """So many units of a document's line that will not arrive; `goods` says which they are, and from which warehouse."""

    line: int
    goods: BinKey
    qty: int = attrs.field(validator=limits.positive_qty)


def lose(tx: BinsTx, losses: Sequence[Lost], act: Act, *, document: str, document_id: UUID) -> None:
    """Take units off the road that are written off, in the ledger of the warehouse that they left."""
    for warehouse_id in dict.fromkeys(one.goods.warehouse_id for one in losses):
        ensure_standard(tx, warehouse_id, act)
    racks = Racks.lock_stocks(tx, [one.goods.stock_key for one in losses])
    for one in losses:
        cause = _cause(one.line, MoveReason.LOST, act, document, document_id)
        racks.between(one.goods, Standard.TRANSIT, Standard.ADJUSTMENT, one.qty, cause)
    racks.write()


def _at(origin: Standard, target: BinKey) -> BinKey:
    return attrs.evolve(target, location_id=standard_id(target.warehouse_id, origin), handling_unit_id=None)


def _cause(line: int, reason: MoveReason, act: Act, document: str, document_id: UUID) -> MoveCause:
    return MoveCause(document, document_id, line, reason, act.at, act.actor)
