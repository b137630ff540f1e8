"""The flow of looking up: a place, a unit or a product is scanned, and the list says what lies there or where it lies."""

from __future__ import annotations

import attrs

from houtai.application.warehouse.station_sight import Scanned, Sight
from houtai.application.warehouse.station_steps import GOODS_COLUMNS, Step, View, goods_rows, not_now, says
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WarehouseId
from houtai.domain.warehouse.codes import Command
from houtai.domain.warehouse.reply import MessageLevel, phrase
from houtai.domain.warehouse.scan import choose


@attrs.frozen
class LookState:
    """What is on the screen; nothing yet, or one of the three."""

    location_id: LocationId | None = None
    unit_id: HandlingUnitId | None = None
    sku_id: SkuId | None = None


def begin(_: WarehouseId) -> LookState:
    """Nothing was asked yet."""
    return LookState()


def step(_: LookState, scanned: Scanned, __: Sight) -> Step[LookState]:
    """Show what was scanned. Raises what `choose` raises, and NotNow."""
    command = scanned.code.command
    if command in (Command.UNDO, Command.CANCEL):
        return Step(LookState(), says(MessageLevel.INFO, "begun-anew"))
    if command is not None:
        raise not_now(command)
    match = choose(scanned.code, scanned.found, ("location", "unit", "product"))
    if match.what == "location":
        return Step(LookState(location_id=LocationId(match.key)))
    if match.what == "unit":
        return Step(LookState(unit_id=HandlingUnitId(match.key)))
    return Step(LookState(sku_id=SkuId(match.key)))


def show(state: LookState, sight: Sight) -> View:
    """The list of what was asked for, and its sum in large digits."""
    prompt = phrase("prompt.look-up")
    if state.location_id is not None:
        lying, fact = sight.lying_in(state.location_id), ("label.place", sight.place(state.location_id).path)
    elif state.unit_id is not None:
        lying, fact = sight.lying_in_unit(state.unit_id), ("label.unit", _standing(state.unit_id, sight))
    elif state.sku_id is not None:
        lying, fact = sight.lying_of(state.sku_id), ("label.product", " ".join(sight.product(state.sku_id)))
    else:
        return View(prompt)
    total = sum(one.qty for one in lying)
    return View(prompt, str(total), (fact,), GOODS_COLUMNS, goods_rows(lying))


def _standing(unit_id: HandlingUnitId, sight: Sight) -> str:
    unit = sight.unit(unit_id)
    return unit.barcode if unit.location_id is None else f"{unit.barcode} @ {sight.place(unit.location_id).path}"
