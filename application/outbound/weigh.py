"""The scale (称重): within tolerance the parcel goes on; else back to the bench, or on by a second person's word (G-32)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from houtai.application.house import OF_DOCUMENT
from houtai.application.outbound.ports import PARCELS_OF, OutboundTx
from houtai.application.outbound.steps import demand_for, keep_order, keep_parcel, live, lock_order, parcel_behind
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Scope
from houtai.domain.catalog.category import Category
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import CategoryId, OutboundId, ParcelId, SkuId, WarehouseId
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel, ParcelState
from houtai.domain.outbound.refusals import OnManifest, StepTooEarly
from houtai.domain.outbound.state import OutboundState
from houtai.domain.outbound.weighing import Weighed, WeighTolerance, expected_weight, weigh
from houtai.domain.outbound.work import SkuWeight

WEIGH: Final = "outbound.weigh"
ACCEPT: Final = "outbound.accept-weight"
OUT_OF_TOLERANCE: Final = "out of tolerance"


@attrs.frozen
class WeighParcel:
    """What the scale says about the parcel whose code or waybill was scanned."""

    code: str = attrs.field(validator=limits.text(1, 128))
    weight_g: int = attrs.field(validator=limits.between(1, limits.MAX_WEIGHT_G))


@attrs.frozen
class ParcelWeighed:
    """A parcel after it lay on the scale, and what its weight means. `earlier_g` is what it weighed before, 0 for nothing."""

    parcel: Parcel
    weighed: Weighed
    earlier_g: int = 0


@needs(WEIGH, along=(WAREHOUSE, MERCHANT))
def weigh_parcel(tx: OutboundTx, cmd: WeighParcel, act: Act) -> ParcelWeighed:
    """Keep the weight. Within tolerance the parcel is WEIGHED, and with its last parcel the order; a weight again replaces it.

    Out of tolerance it stays packed with the weight noted, until it is sent back to the bench or somebody else accepts it; one
    that had been weighed already goes back to the bench. Raises NotFound, Intercepted, OnManifest, StepTooEarly before packing.
    """
    order, parcel = _lock(tx, cmd.code, WEIGH, act)
    if parcel.manifest_number:
        raise OnManifest(parcel=parcel.number, manifest=parcel.manifest_number)
    units = _units(parcel)
    skus = tx.skus.many(units)
    teaches = len(units) == 1 and not skus[next(iter(units))].weight_g
    learnt = tx.sku_weights.lock(units) if teaches else tx.sku_weights.many(units)
    unit_g = {sku_id: skus[sku_id].weight_g or _learnt_g(learnt.get(sku_id)) for sku_id in units}
    expected = expected_weight(units, unit_g, parcel.tare_g, parcel.filler_g)
    found = weigh(cmd.weight_g, expected, *_tolerances(tx, order.warehouse_id, skus.values()))
    if found.blocks:
        kept = _note(tx, order, parcel, found, act)
    else:
        kept = _pass(tx, order, parcel, cmd.weight_g, "weighed", act)
        if teaches:
            _learn(tx, kept, learnt.get(next(iter(units))))
    return ParcelWeighed(kept, found, parcel.weight_g)


@attrs.frozen
class AcceptWeight:
    """Let a parcel go on with the weight that was noted; `reason` says why it differs."""

    parcel: ParcelId
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs(ACCEPT, along=(WAREHOUSE, MERCHANT))
def accept_weight(tx: OutboundTx, cmd: AcceptWeight, act: Act) -> Parcel:
    """WEIGHED by the word of somebody other than who weighed it; it teaches nothing about its goods.

    Raises NotFound, Intercepted, StepTooEarly where no weight waits for a word, Forbidden to who weighed it.
    """
    order = lock_order(tx, tx.parcels.get(cmd.parcel).outbound_id, ACCEPT, act)
    order.check_not_stopped()
    parcel = tx.parcels.lock_one(cmd.parcel)
    noted = [
        line
        for line in tx.timeline.by(OF_DOCUMENT, order.id)
        if line.event == OUT_OF_TOLERANCE and line.details.get("parcel") == parcel.number and line.at == parcel.weighed_at
    ]
    if parcel.state is not ParcelState.SEALED or not noted:
        raise StepTooEarly(number=parcel.number, step="accepted", missing="no weight out of tolerance waits")
    for line in noted:
        act.demand(ACCEPT, Scope(warehouse=order.warehouse_id, merchant=order.merchant_id or HOUSE), maker=line.actor)
    return _pass(tx, order, parcel, parcel.weight_g, "weight accepted", act, reason=cmd.reason)


@attrs.frozen
class SendBack:
    """An order goes back from the scale to the check bench."""

    outbound: OutboundId
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs(WEIGH, along=(WAREHOUSE, MERCHANT))
def send_back(tx: OutboundTx, cmd: SendBack, act: Act) -> OutboundOrder:
    """PICKED again with every parcel open and nothing checked. Raises NotFound, Intercepted, OnManifest, IllegalMove."""
    order = lock_order(tx, cmd.outbound, WEIGH, act)
    return back_to_the_bench(tx, order, act, reason=cmd.reason)


def back_to_the_bench(tx: OutboundTx, order: OutboundOrder, act: Act, *, reason: str) -> OutboundOrder:
    """On the bench with every parcel open and nothing checked; the caller holds the order. Raises OnManifest, IllegalMove."""
    again = order.to_check_again()
    for parcel in live(tx.parcels.lock_by(PARCELS_OF, order.id)):
        if parcel.manifest_number:
            raise OnManifest(parcel=parcel.number, manifest=parcel.manifest_number)
        if parcel.state is not ParcelState.OPEN:
            keep_parcel(tx, parcel, parcel.opened())
    bench = tx.bench_checks.lock([order.id]).get(order.id)
    if bench is not None:
        anew = attrs.evolve(bench, checking=bench.checking.anew(), done_at=None, version=bench.version + 1)
        tx.bench_checks.save(anew)
    return keep_order(tx, order, again, "sent back", act, reason=reason)


def _lock(tx: OutboundTx, code: str, verb: str, act: Act) -> tuple[OutboundOrder, Parcel]:
    parcel_id = parcel_behind(tx, code)
    order = tx.outbound_orders.lock_one(tx.parcels.get(parcel_id).outbound_id)
    demand_for(act, verb, order)
    order.check_not_stopped()
    parcel = tx.parcels.lock_one(parcel_id)
    if parcel.state not in (ParcelState.SEALED, ParcelState.WEIGHED):
        raise StepTooEarly(number=parcel.number, step="weighed", missing=f"it is {parcel.state.value}")
    return order, parcel


def _units(parcel: Parcel) -> dict[SkuId, int]:
    found: dict[SkuId, int] = {}
    for content in parcel.contents:
        found[content.sku_id] = found.get(content.sku_id, 0) + content.qty
    return found


def _tolerances(tx: OutboundTx, warehouse_id: WarehouseId, skus: Iterable[Sku]) -> list[WeighTolerance]:
    """How far each of the goods lets their parcel differ: the nearest category upwards that says so, else the warehouse."""
    settings = tx.dispatch_settings.find(warehouse_id)
    usual = WeighTolerance() if settings is None else settings.tolerance
    if settings is None or not settings.category_tolerances:
        return [usual]
    said = {one.category_id: one.tolerance for one in settings.category_tolerances}
    products = tx.products.many(sku.product_id for sku in skus)
    return [
        next((said[one.id] for one in _upwards(tx, category_id) if one.id in said), usual)
        for category_id in sorted({product.category_id for product in products.values()})
    ]


def _upwards(tx: OutboundTx, category_id: CategoryId) -> Iterator[Category]:
    """The category and those above it, the nearest first; at most MAX_DEPTH of them."""
    above: CategoryId | None = category_id
    while above is not None:
        category = tx.categories.get(above)
        yield category
        above = category.parent_id


def _learnt_g(one: SkuWeight | None) -> int:
    return 0 if one is None else one.learnt.unit_g


def _note(tx: OutboundTx, order: OutboundOrder, parcel: Parcel, found: Weighed, act: Act) -> Parcel:
    """Packed as before with the weight beside it; one that was WEIGHED goes back to the bench with its whole order."""
    if parcel.state is ParcelState.WEIGHED:
        back_to_the_bench(tx, order, act, reason=f"weighed again: {found.weight_g} g, not {found.expected_g} g")
        return tx.parcels.lock_one(parcel.id)
    kept = keep_parcel(tx, parcel, attrs.evolve(parcel, weight_g=found.weight_g, weighed_at=act.at))
    details = {
        "parcel": parcel.number,
        "weight_g": found.weight_g,
        "expected_g": found.expected_g,
        "verdict": found.verdict.value,
    }
    keep_order(tx, order, order, OUT_OF_TOLERANCE, act, details=details)
    return kept


def _pass(
    tx: OutboundTx, order: OutboundOrder, parcel: Parcel, weight_g: int, event: str, act: Act, *, reason: str = ""
) -> Parcel:
    """WEIGHED, and with the last of its parcels the order."""
    kept = keep_parcel(tx, parcel, parcel.weighed(weight_g, act.at))
    others = [one for one in live(tx.parcels.by(PARCELS_OF, order.id)) if one.id != parcel.id]
    last = order.state is OutboundState.PACKED and all(one.state is ParcelState.WEIGHED for one in others)
    details = {"parcel": parcel.number, "weight_g": weight_g}
    keep_order(tx, order, order.weighed() if last else order, event, act, reason=reason, details=details)
    return kept


def _learn(tx: OutboundTx, parcel: Parcel, known: SkuWeight | None) -> None:
    """A parcel of one SKU alone says what a unit of it weighs, where the catalogue does not."""
    ((sku_id, qty),) = _units(parcel).items()
    before = known or SkuWeight(sku_id)
    taught = attrs.evolve(before, learnt=before.learnt.with_parcel(parcel.weight_g, parcel.wrapping_g, qty))
    if known is None:
        tx.sku_weights.add(taught)
    else:
        tx.sku_weights.save(taught)
