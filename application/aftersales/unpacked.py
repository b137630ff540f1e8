"""What lay in a parcel that came back, piece by piece, and which lines of the claim's order it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.application.aftersales.station_sight import ReturnLine
from houtai.application.warehouse.station_steps import positive
from houtai.domain import limits
from houtai.domain.aftersales.return_parcel import FoundGoods
from houtai.domain.ids import SkuId
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.work import TooManyPieces


@attrs.frozen
class Piece:
    """Units of one product and lot that lay in the parcel. `asks_lot`: such goods have lots, and nobody has said which."""

    sku_id: SkuId
    sku: str
    qty: int
    lot_id: LotId | None = None
    lot: str = ""
    asks_lot: bool = False
    serials: tuple[str, ...] = ()

    def with_qty(self, qty: int) -> Piece:
        """So many. Raises InvalidValue for none, or fewer than were scanned by their numbers; TooManyPieces."""
        if positive(qty) > limits.MAX_QTY:
            raise TooManyPieces(wanted_qty=qty, free_qty=limits.MAX_QTY)
        if qty < len(self.serials):
            raise InvalidValue(field="qty", rule=f"must be {len(self.serials)} at least: so many serials were scanned")
        return attrs.evolve(self, qty=qty)


def sort_pieces(
    pieces: Sequence[Piece], lines: Sequence[ReturnLine], with_buyer: Mapping[int, int]
) -> tuple[list[tuple[int, Piece]], list[FoundGoods]]:
    """The pieces by the lines that they come back of, claimed units first; and those that the buyer never had from here."""
    free = {one.line: with_buyer.get(one.line, 0) for one in lines}
    open_qty = {one.line: max(0, min(one.claimed_qty - one.received_qty, free[one.line])) for one in lines}
    mine: list[tuple[int, Piece]] = []
    strange: dict[SkuId, int] = {}
    for piece in pieces:
        left, serials = piece.qty, piece.serials
        for rooms in (open_qty, free):
            for line in (one.line for one in lines if one.sku_id == piece.sku_id):
                qty = min(left, rooms[line])
                if not qty:
                    continue
                mine.append((line, attrs.evolve(piece, qty=qty, serials=serials[:qty])))
                left, serials = left - qty, serials[qty:]
                free[line] -= qty
                open_qty[line] = max(0, open_qty[line] - qty)
        if left:
            strange[piece.sku_id] = strange.get(piece.sku_id, 0) + left
    return mine, [FoundGoods(sku_id, qty) for sku_id, qty in strange.items()]


def missing_of(lines: Sequence[ReturnLine], mine: Sequence[tuple[int, Piece]]) -> list[str]:
    """What was claimed and did not come, as people read it."""
    came: dict[int, int] = {}
    for line, piece in mine:
        came[line] = came.get(line, 0) + piece.qty
    lacking = [(one.sku, one.claimed_qty - one.received_qty - came.get(one.line, 0)) for one in lines]
    return [f"{sku} × {qty}" for sku, qty in lacking if qty > 0]


def summed(pieces: Sequence[Piece]) -> list[Piece]:
    """One for each product."""
    found: dict[SkuId, Piece] = {}
    for one in pieces:
        held = found.get(one.sku_id)
        found[one.sku_id] = one if held is None else attrs.evolve(held, qty=held.qty + one.qty, serials=())
    return list(found.values())
