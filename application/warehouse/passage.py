"""Whether goods may go from one place to another: the places, units and lots on the way, locked and asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from houtai.application.warehouse.bin_ports import BIN_BY_LOCATION, FILLED, BinsTx, BinsViews
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.bin_refusals import CannotPlace
from houtai.domain.warehouse.bins import Bin, BinKey
from houtai.domain.warehouse.handling_unit import HandlingUnit
from houtai.domain.warehouse.location import Activity, Load, Location
from houtai.domain.warehouse.placing import Coming, Present, accept, added, check_open_out, goods_of, load_of, needs_looking


@attrs.frozen
class Leg:
    """So many units on their way from one bin to another."""

    source: BinKey
    target: BinKey
    qty: int


def ends_of(legs: Iterable[Leg]) -> list[BinKey]:
    """Both bins of each leg."""
    return [key for leg in legs for key in (leg.source, leg.target)]


def check_passage(
    tx: BinsTx, legs: Sequence[Leg], skus: Mapping[SkuId, Sku], activity: Activity, *, carried: bool = False
) -> None:
    """Lock units and the places that goods go to, and refuse what may not leave its place or not be put where it goes.

    `carried` goods travel inside their units, which the caller has locked. Raises NotFound for a place, unit or lot that is not
    there, CannotTake and CannotPlace with the rule, InvalidValue for a lot of other goods. A number of statements that does not
    grow with the legs; heads are locked after this.
    """
    locations = _locations(tx, legs)
    targets = {leg.target.location_id: locations[leg.target.location_id] for leg in legs}
    present = present_at(tx, [one for one in targets.values() if needs_looking(one)])
    if not carried:
        _check_units(tx, legs)
    _check_lots(tx, legs)
    for location_id in dict.fromkeys(leg.source.location_id for leg in legs):
        check_open_out(locations[location_id])
    for location_id, location in targets.items():
        coming = [_coming(leg, skus[leg.target.sku_id]) for leg in legs if leg.target.location_id == location_id]
        accept(location, coming, present.get(location_id, NOTHING), activity)


NOTHING = Present(frozenset(), Load())


def _coming(leg: Leg, sku: Sku) -> Coming:
    stay = leg.source.location_id == leg.target.location_id
    return Coming(sku, leg.qty, leg.target.state, leg.target.lot_id, stay=stay)


def _locations(tx: BinsTx, legs: Sequence[Leg]) -> dict[LocationId, Location]:
    """The places at both ends; the locks of those that goods go to keep others from retiring them or putting more there."""
    wanted = {key.location_id: key.warehouse_id for key in ends_of(legs)}
    targets = {leg.target.location_id for leg in legs}
    found = {**tx.locations.lock(targets), **tx.locations.many(wanted.keys() - targets)}
    for location_id, warehouse_id in wanted.items():
        if location_id not in found or found[location_id].warehouse_id != warehouse_id:
            raise NotFound(what="location", key=str(location_id))
    return found


def present_at(tx: BinsTx | BinsViews, limited: Sequence[Location]) -> dict[LocationId, Present]:
    """What lies in the places whose answer depends on it; whoever is to rely on it has locked them."""
    if not limited:
        return {}
    lying = tx.bins.by(BIN_BY_LOCATION, *((location.id, FILLED) for location in limited))
    skus = tx.skus.many(one.key.sku_id for one in lying)
    by_place: dict[LocationId, list[Bin]] = {location.id: [] for location in limited}
    for one in lying:
        by_place[one.key.location_id].append(one)
    return {location_id: _present_in(bins, skus) for location_id, bins in by_place.items()}


def _present_in(bins: Iterable[Bin], skus: Mapping[SkuId, Sku]) -> Present:
    bins = tuple(bins)
    goods = frozenset(goods_of(one.key.sku_id, one.key.lot_id) for one in bins)
    return Present(goods, added([load_of(skus[one.key.sku_id], one.qty) for one in bins]))


def _check_lots(tx: BinsTx, legs: Sequence[Leg]) -> None:
    wanted = {key.lot_id: key.sku_id for key in ends_of(legs) if key.lot_id is not None}
    found = tx.lots.many(wanted) if wanted else {}
    for lot_id, sku_id in wanted.items():
        if lot_id not in found:
            raise NotFound(what="lot", key=str(lot_id))
        if found[lot_id].sku_id != sku_id:
            raise InvalidValue(field="lot_id", rule="must be a lot of this SKU")


def _check_units(tx: BinsTx, legs: Sequence[Leg]) -> None:
    """Goods lie in a unit where that unit is; only an open unit takes more."""
    places = [key for key in ends_of(legs) if key.handling_unit_id is not None]
    units = tx.handling_units.lock(key.handling_unit_id for key in places if key.handling_unit_id is not None) if places else {}
    stands = roots(tx, units)
    for key in places:
        unit = None if key.handling_unit_id is None else units.get(key.handling_unit_id)
        if unit is None or unit.warehouse_id != key.warehouse_id:
            raise NotFound(what="handling unit", key=str(key.handling_unit_id))
        if stands[unit.id] != key.location_id:
            raise CannotPlace(path=unit.barcode, broken="unit", explanation="the unit stands somewhere else")
    for leg in legs:
        into = leg.target.handling_unit_id
        if into is not None and into != leg.source.handling_unit_id and not units[into].fillable:
            raise CannotPlace(
                path=units[into].barcode, broken="unit", explanation=f"a {units[into].kind.value} takes no goods now"
            )


def roots(tx: BinsTx, units: Mapping[HandlingUnitId, HandlingUnit]) -> dict[HandlingUnitId, LocationId | None]:
    """Where each unit stands: the place of the outermost unit that holds it, None where that stands nowhere."""
    known = dict(units)
    missing = {unit.parent_id for unit in units.values() if unit.parent_id is not None} - set(known)
    while missing:  # one statement a level; kinds that hold each other have no circle, so there are few
        found = tx.handling_units.many(missing)
        known.update(found)
        missing = {unit.parent_id for unit in found.values() if unit.parent_id is not None} - set(known)
    return {unit_id: _root(known, unit).location_id for unit_id, unit in units.items()}


def _root(known: Mapping[HandlingUnitId, HandlingUnit], unit: HandlingUnit) -> HandlingUnit:
    while unit.parent_id is not None:
        unit = known[unit.parent_id]
    return unit
