"""The flow of putting back what was stopped: its label or parcel, then product × quantity and the place on a shelf."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.outbound.intercept import PutBack, put_back_goods
from houtai.application.outbound.station_sight import OutboundSight
from houtai.application.warehouse.station_sight import Lying, Scanned
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, positive, says, typed_qty
from houtai.domain.ids import HandlingUnitId, LocationId, OutboundId, SkuId, WarehouseId
from houtai.domain.outbound.checking import NotInOrder
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.refusals import StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Confirming, Match, choose, confirm
from houtai.domain.warehouse.work import TooManyPieces

COLUMNS: Final = ("label.place", "label.product", "label.title", "label.qty")


@attrs.frozen
class Back:
    """Pieces of one product in hand; `limit_qty` are off the shelf for the order."""

    sku_id: SkuId
    sku: str
    qty: int
    limit_qty: int

    def with_qty(self, qty: int) -> Back:
        """So many. Raises InvalidValue for none, TooManyPieces."""
        if positive(qty) > self.limit_qty:
            raise TooManyPieces(wanted_qty=qty, free_qty=self.limit_qty)
        return attrs.evolve(self, qty=qty)


@attrs.frozen
class PutBackState:
    """The stopped order, and what is in hand."""

    outbound_id: OutboundId | None = None
    held: Back | None = None
    pending: Confirming | None = None


def begin(_: WarehouseId) -> PutBackState:
    """No order yet."""
    return PutBackState()


def step(state: PutBackState, scanned: Scanned, sight: OutboundSight) -> Step[PutBackState]:
    """Go on. Raises what `choose` raises, StepTooEarly for an order that is not stopped, NotInOrder, TooManyPieces, NotNow."""
    if scanned.code.command is not None:
        return _command(state, scanned.code.command)
    if state.outbound_id is None:
        match = choose(scanned.code, scanned.found, ("stopped-order", "order"))
        order = sight.order(OutboundId(match.key))
        if order.state is not OutboundState.INTERCEPTED:
            missing = "nothing of it is off the shelf" if order.stopped else "it is not stopped"
            raise StepTooEarly(number=order.number, step="put back", missing=missing)
        return Step(PutBackState(order.id))
    order = sight.order(state.outbound_id)
    if state.held is None:
        return _take(state, scanned, order, sight)
    qty = typed_qty(scanned)
    if qty is not None:
        return Step(attrs.evolve(state, held=state.held.with_qty(qty), pending=None))
    match = choose(scanned.code, scanned.found, ("location", "unit", "product"), expected=state.held.sku)
    if match.what == "product":
        if match.key != state.held.sku_id:
            raise NotInOrder(sku=match.name, number=order.number)
        return Step(attrs.evolve(state, held=state.held.with_qty(state.held.qty + match.qty), pending=None))
    return _put(state, state.held, scanned, match, order, sight)


def _take(state: PutBackState, scanned: Scanned, order: OutboundOrder, sight: OutboundSight) -> Step[PutBackState]:
    match = choose(scanned.code, scanned.found, ("product",), expected=order.number)
    limit = sum(one.qty for one in sight.off_shelf(order.id) if one.sku_id == match.key)
    if not limit:
        raise NotInOrder(sku=match.name, number=order.number)
    held = Back(SkuId(match.key), match.name, 0, limit).with_qty(match.qty)
    return Step(attrs.evolve(state, held=held))


def _put(
    state: PutBackState, held: Back, scanned: Scanned, match: Match, order: OutboundOrder, sight: OutboundSight
) -> Step[PutBackState]:
    """Onto the shelf; another place than one where the same goods lie is confirmed by scanning it again."""
    unit_id, place_id = None, LocationId(match.key)
    if match.what == "unit":
        unit = sight.unit(HandlingUnitId(match.key))
        if unit.location_id is None:
            raise InvalidValue(field="unit", rule="must stand at a place")
        unit_id, place_id = unit.id, unit.location_id
    proposed = _proposed(held, sight)
    if proposed and place_id not in {one.location_id for one in proposed}:
        asked = confirm(state.pending, f"{held.sku_id} to {place_id}", scanned.code)
        if asked is not None:
            return Step(attrs.evolve(state, pending=asked), says(MessageLevel.WARNING, "confirm-place", path=match.name))
    deed = Deed(put_back_goods, PutBack(order.id, held.sku_id, held.qty, place_id, unit_id))
    return Step(state, deed=deed, then=lambda answer: _told(held, match.name, answer))


def _told(held: Back, path: str, order: OutboundOrder) -> Step[PutBackState]:
    if order.state is OutboundState.CANCELLED:
        return Step(PutBackState(), says(MessageLevel.SUCCESS, "put-back-done", number=order.number))
    return Step(PutBackState(order.id), says(MessageLevel.SUCCESS, "moved", qty=held.qty, goods=held.sku, path=path))


def _proposed(held: Back, sight: OutboundSight) -> tuple[Lying, ...]:
    """Where the same goods lie for sale, on no cart."""
    return tuple(one for one in sight.lying_of(held.sku_id) if one.free_qty and sight.place(one.location_id).sellable)


def _command(state: PutBackState, command: Command) -> Step[PutBackState]:
    if command is Command.CANCEL:
        return Step(PutBackState(), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and state.outbound_id is not None:
        back = PutBackState(state.outbound_id) if state.held is not None else PutBackState()
        return Step(back, says(MessageLevel.INFO, "taken-back"))
    raise not_now(command)


def show(state: PutBackState, sight: OutboundSight) -> View:
    """What has to go back and where it lies, and where its like lies on the shelves."""
    if state.outbound_id is None:
        return View(phrase("prompt.put-back"))
    order = sight.order(state.outbound_id)
    off = sight.off_shelf(order.id)
    rows = tuple((f"{one.path} {one.unit}".strip(), one.sku, one.title, str(one.qty)) for one in off)
    facts = (("label.order", order.number), ("label.stopped", order.stop_reason))
    if state.held is None:
        return View(phrase("prompt.put-back-goods", number=order.number), "", facts, COLUMNS, rows)
    proposed = _proposed(state.held, sight)
    if proposed:
        paths = " / ".join(dict.fromkeys(one.path for one in proposed[:3]))
        prompt = phrase("prompt.put-away", goods=state.held.sku, qty=state.held.qty, proposed=paths)
    else:
        prompt = phrase("prompt.move-to", goods=state.held.sku, qty=state.held.qty)
    return View(prompt, str(state.held.qty), facts, COLUMNS, rows)
