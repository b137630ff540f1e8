"""What a place accepts: each rule by its name, so that whoever stands there with the goods knows why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import attrs

from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId
from houtai.domain.inventory.stock import StockState
from houtai.domain.warehouse.bin_refusals import CannotPlace, CannotTake
from houtai.domain.warehouse.bins import LotId
from houtai.domain.warehouse.location import Activity, Goods, Load, Location, LocationKind, MixPolicy, may_join

_MM3_PER_CM3: Final = 1_000

ONLY_STATE: Final = {LocationKind.QUARANTINE: StockState.QUARANTINE, LocationKind.DAMAGED: StockState.DAMAGED}
"""Kinds of places that are there for goods in one state."""

UNSOUND: Final = frozenset({StockState.QUARANTINE, StockState.DAMAGED})
"""What never lies where pickers take goods to sell."""


def load_of(sku: Sku, qty: int) -> Load:
    """The room that units of a SKU take; what nobody has measured takes none."""
    volume_mm3 = sku.volume_mm3 * qty
    height_mm = min(side for side in (sku.length_mm, sku.width_mm, sku.height_mm)) if qty else 0
    return Load(sku.weight_g * qty, -(-volume_mm3 // _MM3_PER_CM3), qty, height_mm)


def added(loads: Collection[Load]) -> Load:
    """Several loads in one place."""
    return Load(
        sum(load.weight_g for load in loads),
        sum(load.volume_cm3 for load in loads),
        sum(load.units_qty for load in loads),
        max((load.height_mm for load in loads), default=0),
    )


@attrs.frozen
class Coming:
    """Units of one SKU, lot and state on their way to a place; those that `stay` lie there already and take no more room."""

    sku: Sku
    qty: int
    state: StockState
    lot_id: LotId | None = None
    stay: bool = False

    @property
    def goods(self) -> Goods:
        """As mixing sees them."""
        return goods_of(self.sku.id, self.lot_id)


@attrs.frozen
class Present:
    """What lies in a place already: its goods as mixing sees them, and their load."""

    goods: frozenset[Goods]
    load: Load


def goods_of(sku_id: SkuId, lot_id: LotId | None) -> Goods:
    """A SKU with its lot as mixing sees them."""
    return sku_id, "" if lot_id is None else str(lot_id)


Rule = Callable[[Location, Coming, Present, Activity], str]
"""A rule answers in words why not, and nothing where it is kept."""


def _physical(location: Location, _: Coming, __: Present, ___: Activity) -> str:
    return "" if location.physical else f"a {location.kind.value} place holds no goods"


def _open_in(location: Location, _: Coming, __: Present, ___: Activity) -> str:
    return "" if location.open_in else (location.block.reason or f"the place is {location.state.value}")


def _activity(location: Location, _: Coming, __: Present, activity: Activity) -> str:
    if activity is not Activity.PUTAWAY or location.kind not in _SHELVES:
        return ""  # only shelves say what may be put away; other places take whatever passes through
    return "" if location.allows(activity) else f"{activity.value} is not allowed here"


_SHELVES: Final = frozenset({LocationKind.STORAGE, LocationKind.PICK_FACE})


def _state(location: Location, coming: Coming, _: Present, __: Activity) -> str:
    wanted = ONLY_STATE.get(location.kind)
    if wanted is not None and coming.state is not wanted:
        return f"a {location.kind.value} place takes {wanted.value} goods, these are {coming.state.value}"
    if location.sellable and coming.state in UNSOUND:
        return f"goods that are {coming.state.value} never lie where goods are sold from"
    return ""


def _mix(location: Location, coming: Coming, present: Present, _: Activity) -> str:
    if may_join(location.mix, coming.goods, present.goods):
        return ""
    return f"{location.mix.value}, and {len(present.goods)} kinds of goods lie there"


def _capacity(location: Location, coming: Coming, present: Present, _: Activity) -> str:
    load = added((present.load, load_of(coming.sku, coming.qty)))
    broken = location.capacity.exceeded(load)
    names = (f"{name} {getattr(location.capacity, name)}, there would be {_found(load, name)}" for name in broken)
    return "; ".join(names)


def _found(load: Load, limit: str) -> int:
    return int(getattr(load, limit.removeprefix("max_")))


RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("physical", _physical),
    ("blocked-in", _open_in),
    ("activity", _activity),
    ("state", _state),
    ("mix", _mix),
    ("capacity", _capacity),
)
"""In the order in which they are asked: the first that is broken is named."""

_ALWAYS: Final = frozenset({"physical", "state"})
"""What goods have to keep that lie there already and only change their state, lot or handling unit."""


def accept(location: Location, coming: Sequence[Coming], present: Present, activity: Activity) -> Present:
    """What lies in the place once all of this is there too. Raises CannotPlace, which names the rule."""
    for one in coming:
        for name, rule in RULES:
            if (not one.stay or name in _ALWAYS) and (why := rule(location, one, present, activity)):
                raise CannotPlace(path=location.path, broken=name, explanation=why)
        load = present.load if one.stay else added((present.load, load_of(one.sku, one.qty)))
        present = Present(present.goods | {one.goods}, load)
    return present


def needs_looking(location: Location) -> bool:
    """Whether it depends on what lies there already if something may be put there."""
    limits = attrs.astuple(location.capacity, recurse=False)
    return location.mix is not MixPolicy.MIXED or any(limit is not None for limit in limits)


def check_open_out(location: Location) -> None:
    """Refuse with CannotTake where goods may not leave."""
    if not location.open_out:
        why = location.block.reason or f"the place is {location.state.value}"
        raise CannotTake(path=location.path, broken="blocked-out", explanation=why)
