"""The flow of counting one place, blind: the one that is wanted first or another, then products by piece or typed, then done."""

from __future__ import annotations

from typing import Final

import attrs

from houtai.application.warehouse.count_place import Counted, CountOutcome, CountPlace, count_place
from houtai.application.warehouse.station_sight import Scanned, Sight
from houtai.application.warehouse.station_steps import Deed, Step, View, not_now, says, typed_qty
from houtai.domain.ids import LocationId, SkuId, WarehouseId
from houtai.domain.limits import MAX_QTY
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import Confirming, choose, confirm
from houtai.domain.warehouse.work import NotCountable, TooManyPieces

COLUMNS: Final = ("label.product", "label.title", "label.counted")
WANTED_COLUMNS: Final = ("label.place", "label.product", "label.title", "label.reason")


@attrs.frozen
class CountState:
    """The place, what was found so far in the order of the first scans, and what the last step can be taken back to."""

    location_id: LocationId | None = None
    found: tuple[Counted, ...] = ()
    last: SkuId | None = None
    before: tuple[Counted, ...] | None = None
    pending: Confirming | None = None

    def qty_of(self, sku_id: SkuId) -> int:
        """Pieces found of one product."""
        return next((one.qty for one in self.found if one.sku_id == sku_id), 0)

    def with_qty(self, sku_id: SkuId, qty: int) -> CountState:
        """So many pieces of this product. Raises TooManyPieces beyond what can be booked."""
        if qty > MAX_QTY:
            raise TooManyPieces(wanted_qty=qty, free_qty=MAX_QTY)
        known = any(one.sku_id == sku_id for one in self.found)
        now = Counted(sku_id, qty)
        found = tuple(now if one.sku_id == sku_id else one for one in self.found) if known else (*self.found, now)
        return CountState(self.location_id, found, sku_id, self.found)


def begin(_: WarehouseId) -> CountState:
    """No place yet."""
    return CountState()


def step(state: CountState, scanned: Scanned, sight: Sight) -> Step[CountState]:
    """Count. Raises what `choose` raises, NotNow, NotCountable for a place that scans cannot tell apart."""
    if scanned.code.command is not None:
        return _command(state, scanned, scanned.code.command)
    if state.location_id is None:
        return _place(scanned, sight)
    qty = typed_qty(scanned)
    if qty is not None and state.last is not None:
        return Step(state.with_qty(state.last, qty))
    path = sight.place(state.location_id).path
    match = choose(scanned.code, scanned.found, ("product",), expected=path)
    sku_id = SkuId(match.key)
    return Step(state.with_qty(sku_id, state.qty_of(sku_id) + match.qty))


def _place(scanned: Scanned, sight: Sight) -> Step[CountState]:
    match = choose(scanned.code, scanned.found, ("location",))
    location_id = LocationId(match.key)
    conditions: dict[str, set[str]] = {}
    for one in sight.lying_in(location_id):
        conditions.setdefault(one.sku, set()).add(one.state.value)
    for sku, states in conditions.items():
        if len(states) > 1:
            raise NotCountable(path=match.name, sku=sku)
    return Step(CountState(location_id))


def _command(state: CountState, scanned: Scanned, command: Command) -> Step[CountState]:
    if command is Command.CANCEL:
        return Step(CountState(), says(MessageLevel.INFO, "begun-anew"))
    if command is Command.UNDO and state.location_id is not None:
        if state.before is not None:
            return Step(CountState(state.location_id, state.before), says(MessageLevel.INFO, "taken-back"))
        if not state.found:
            return Step(CountState(), says(MessageLevel.INFO, "taken-back"))
    if command is not Command.DONE or state.location_id is None:
        raise not_now(command)
    total = sum(one.qty for one in state.found)
    asked = confirm(state.pending, f"count of {total}", scanned.code)
    if asked is not None:
        message = says(MessageLevel.WARNING, "confirm-count", qty=total, kinds=len(state.found))
        return Step(attrs.evolve(state, pending=asked), message)
    deed = Deed(count_place, CountPlace(scanned.document, state.location_id, state.found))
    return Step(CountState(), deed=deed, then=_told)


def _told(outcome: CountOutcome) -> Step[CountState]:
    if outcome.agrees:
        return Step(CountState(), says(MessageLevel.SUCCESS, "count-agrees", path=outcome.path))
    return Step(CountState(), says(MessageLevel.WARNING, "count-differs", path=outcome.path, number=outcome.adjustment))


def show(state: CountState, sight: Sight) -> View:
    """What was counted, and nothing of what should be there; before that, which counts are wanted."""
    if state.location_id is None:
        return _next_place(sight)
    path = sight.place(state.location_id).path
    rows = tuple((*sight.product(one.sku_id), str(one.qty)) for one in state.found)
    digits = "" if state.last is None else str(state.qty_of(state.last))
    return View(phrase("prompt.count-goods", path=path), digits, (("label.place", path),), COLUMNS, rows)


def _next_place(sight: Sight) -> View:
    """The place that has waited longest is proposed; any other may be counted too."""
    wanted = sight.wanted_counts()
    if not wanted:
        return View(phrase("prompt.count-place"))
    rows = tuple((one.path, one.sku, one.title, f"wanted.{one.reason.value}") for one in wanted)
    return View(phrase("prompt.count-next", path=wanted[0].path), columns=WANTED_COLUMNS, rows=rows)
