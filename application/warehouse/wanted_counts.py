"""Counts that somebody wants: kept once for each stock in a place, shown to who counts, answered by the next count there."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from houtai.application.paging import Page, Slice, seen_page
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.timeline import write_line
from houtai.application.warehouse.bin_ports import WANTED_AT, WANTED_OF, BinsTx, BinsViews, WantedWish
from houtai.application.warehouse.ports import LOCATION_BY_PATH
from houtai.application.warehouse.queries import READ, seen_warehouses, sees
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE, Dimension, Scope
from houtai.domain.ids import LocationId, SkuId, WantedCountId, WarehouseId, derive
from houtai.domain.refusal import NotFound
from houtai.domain.warehouse.location import Location
from houtai.domain.warehouse.wanted_count import CountReason, WantedCount, WantedState

DOCUMENT: Final = "wanted-count"
_AXES: Final = (WAREHOUSE, MERCHANT)


@attrs.frozen
class CountAsked:
    """What is to be counted: a product at a place (its path), of a lot ('' for none), and why."""

    warehouse: WarehouseId
    path: str
    sku_id: SkuId
    lot: str
    reason: CountReason


def want_count(tx: BinsTx, asked: CountAsked, act: Act) -> WantedCount:
    """The count that is open for this stock now: the one that waits already, else a new one. The caller's verb covers it."""
    place = tx.locations.first(LOCATION_BY_PATH, (asked.warehouse, asked.path))
    if place is None:
        raise NotFound(what="location", key=asked.path)
    earlier = tx.wanted_counts.by(WANTED_OF, (place.id, asked.sku_id, asked.lot))
    waiting = tx.wanted_counts.lock(one.id for one in earlier if one.open)
    if still := next((one for one in waiting.values() if one.open), None):
        return still
    wanted = WantedCount(
        id=WantedCountId(derive(place.id, DOCUMENT, asked.sku_id, asked.lot, len(earlier))),
        warehouse_id=asked.warehouse,
        location_id=place.id,
        sku_id=asked.sku_id,
        reason=asked.reason,
        asked_at=act.at,
        asked_by=act.actor,
        lot=asked.lot,
        merchant_id=tx.skus.get(asked.sku_id).merchant_id,
    )
    tx.wanted_counts.add(wanted)
    write_line(tx, act, DOCUMENT, wanted, "asked for", before=None, details={"reason": asked.reason.value})
    return wanted


def answer_wanted(tx: BinsTx, place: Location, count_id: UUID, act: Act) -> None:
    """A whole place was counted: nothing in it waits for its count any more. The caller has locked the place."""
    for wanted in tx.wanted_counts.lock_by(WANTED_AT, place.id):
        done = wanted.counted(count_id, act.at, act.actor)
        tx.wanted_counts.save(done)
        write_line(tx, act, DOCUMENT, done, "counted", before=wanted.state)


@attrs.frozen
class WantedCountView:
    """A wanted count with the names of its place and goods."""

    wanted: WantedCount
    path: str
    sku_code: str
    sku_title: str


@attrs.frozen
class ListWantedCounts:
    """Which wanted counts: of a warehouse, a place, a SKU, in a state."""

    page: Page = attrs.field(factory=Page)
    warehouse_id: WarehouseId | None = None
    location_id: LocationId | None = None
    sku_id: SkuId | None = None
    state: WantedState | None = None


@needs(READ, along=_AXES)
def list_wanted_counts(views: BinsViews, query: ListWantedCounts, act: Act) -> Slice[WantedCountView]:
    """What is to be counted, or was, as far as the actor's warehouses and merchants reach."""
    wish = WantedWish(
        warehouses=seen_warehouses(views, READ, query.warehouse_id, act),
        merchants=act.authority.reach(READ, Dimension.MERCHANT, at=act.at),
        location_id=query.location_id,
        sku_id=query.sku_id,
        state=query.state,
    )
    found = seen_page(lambda page: views.wanted_count_list(wish, page), query.page, lambda one: act.may(READ, scope_of(one)))
    return Slice(_named(views, list(found.items)), found.next_cursor)


@needs(READ, along=_AXES)
def show_wanted_count(views: BinsViews, query: WantedCountId, act: Act) -> WantedCountView:
    """One wanted count. Raises NotFound."""
    found = views.wanted_counts.get(query)
    if not (sees(act, READ, views.warehouses.get(found.warehouse_id)) and act.may(READ, scope_of(found))):
        raise NotFound(what="wanted count", key=str(query))
    return _named(views, [found])[0]


def scope_of(wanted: WantedCount) -> Scope:
    """Where and whose its goods are."""
    return Scope(warehouse=wanted.warehouse_id, merchant=wanted.merchant_id or HOUSE)


def _named(views: BinsViews, wanted: list[WantedCount]) -> tuple[WantedCountView, ...]:
    places = views.locations.many(one.location_id for one in wanted)
    skus = views.skus.many(one.sku_id for one in wanted)
    return tuple(
        WantedCountView(one, places[one.location_id].path, skus[one.sku_id].code, skus[one.sku_id].title) for one in wanted
    )
