"""Stock by location over HTTP: what lies where, how it came there, and moving it."""

from __future__ import annotations

from houtai.application.warehouse import bin_queries as queries, lots, wanted_counts
from houtai.application.warehouse.carry_unit import CarryUnit, carry_unit
from houtai.application.warehouse.move_goods import MoveGoods, move_goods
from houtai.application.warehouse.suspect import DoubtBin, clear_suspect, mark_suspect
from houtai.domain.ids import HandlingUnitId, LocationId, SkuId, WantedCountId, WarehouseId
from houtai.domain.inventory.refusals import NotEnoughOnHand, NotStocked, WouldUndercut
from houtai.domain.refusal import IllegalMove
from houtai.domain.warehouse.bin_refusals import (
    CannotPlace,
    CannotTake,
    NotInBin,
    SerialElsewhere,
    SerialsNeeded,
    SerialTaken,
)
from houtai.domain.warehouse.bins import Bin, BinId, LotId
from houtai.entrypoints.http import warehouse_stock_wire as stock, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("stock by location", "What lies in which place, how it came there, and moving it.")


@ROUTES.get("/bins", queries.list_bins)
def get_bins(desk: Desk, query: stock.BinQuery) -> wire.Listed[stock.BinOut]:
    """List stock by location; places with nothing in them are left out."""
    request = queries.ListBins(
        page=query.page(),
        warehouse_id=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        sku_id=None if query.sku_id is None else SkuId(query.sku_id),
        location_id=None if query.location_id is None else LocationId(query.location_id),
        handling_unit_id=None if query.handling_unit_id is None else HandlingUnitId(query.handling_unit_id),
        lot_id=None if query.lot_id is None else LotId(query.lot_id),
        state=query.state,
        suspect=query.suspect,
    )
    return wire.listed(desk.ask(queries.list_bins, request), stock.bin_out)


@ROUTES.get("/bins/{bin_id}", queries.show_bin)
def get_bin(desk: Desk, bin_id: wire.Id) -> stock.BinOut:
    """Look into one place."""
    return stock.bin_out(desk.ask(queries.show_bin, BinId(bin_id)))


@ROUTES.post("/bins/{bin_id}/doubt", mark_suspect, refuses=(NotInBin,))
def post_bin_doubt(desk: Desk, bin_id: wire.Id) -> stock.DoubtOut:
    """Say that goods are missing here: what nobody was promised is neither picked nor sold until it is counted."""
    return _doubted(desk.perform(mark_suspect, DoubtBin(BinId(bin_id))))


@ROUTES.post("/bins/{bin_id}/clear", clear_suspect, refuses=(NotInBin,))
def post_bin_clear(desk: Desk, bin_id: wire.Id) -> stock.DoubtOut:
    """Say that all is there after all."""
    return _doubted(desk.perform(clear_suspect, DoubtBin(BinId(bin_id))))


def _doubted(found: Bin) -> stock.DoubtOut:
    return stock.DoubtOut(found.id, found.qty, found.allocated_qty, found.suspect_qty)


@ROUTES.get("/bins/{bin_id}/serials", queries.serials_of_bin)
def get_bin_serials(desk: Desk, bin_id: wire.Id) -> stock.Serials:
    """List the serials that lie in a place."""
    found = desk.ask(queries.serials_of_bin, BinId(bin_id))
    return stock.Serials(tuple(stock.serial_out(one) for one in found))


@ROUTES.post("/bins/{bin_id}/serials", lots.register_serials, refuses=(SerialTaken, NotInBin))
def post_bin_serials(desk: Desk, bin_id: wire.Id, body: stock.SerialsIn) -> stock.Serials:
    """Say which serials lie in a place."""
    made = desk.perform(lots.register_serials, lots.RegisterSerials(BinId(bin_id), body.codes))
    return stock.Serials(tuple(stock.serial_out(one) for one in made))


@ROUTES.post(
    "/bin-moves",
    move_goods,
    status=201,
    refuses=(
        NotInBin,
        CannotTake,
        CannotPlace,
        SerialsNeeded,
        SerialElsewhere,
        NotStocked,
        WouldUndercut,
        NotEnoughOnHand,
    ),
)
def post_bin_move(desk: Desk, body: stock.NewBinMove) -> stock.MovedOut:
    """Move goods between places: put them away, into and out of handling units, or into another state."""
    lines = tuple(stock.line_of(one) for one in body.lines)
    cmd = MoveGoods(desk.new_id(body.id), WarehouseId(body.warehouse_id), lines)
    return stock.moved_out(desk.perform(move_goods, cmd))


@ROUTES.get("/bin-moves", queries.list_bin_moves)
def get_bin_moves(desk: Desk, query: stock.BinMoveQuery) -> wire.Listed[stock.BinMoveOut]:
    """List what moved, newest first: the history of a SKU, a place, a handling unit or a document."""
    request = queries.ListBinMoves(
        page=query.page(),
        warehouse_id=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        sku_id=None if query.sku_id is None else SkuId(query.sku_id),
        location_id=None if query.location_id is None else LocationId(query.location_id),
        handling_unit_id=None if query.handling_unit_id is None else HandlingUnitId(query.handling_unit_id),
        document_id=query.document_id,
    )
    return wire.listed(desk.ask(queries.list_bin_moves, request), stock.move_out)


@ROUTES.post(
    "/handling-units/{unit_id}/carry",
    carry_unit,
    match="required",
    refuses=(CannotTake, CannotPlace),
)
def post_unit_carry(desk: Desk, unit_id: wire.Id, body: stock.UnitCarry) -> stock.UnitCarried:
    """Carry a handling unit to a place with everything in it."""
    to = LocationId(body.to_location_id)
    cmd = CarryUnit(desk.new_id(body.move_id), HandlingUnitId(unit_id), desk.expected_version, to)
    unit = desk.perform(carry_unit, cmd)
    return stock.UnitCarried(id=unit.id, location_id=unit.location_id, version=unit.version)


@ROUTES.post("/skus/{sku_id}/lots", lots.register_lot, status=201, location="/lots/{id}", refuses=(NotStocked,))
def post_lot(desk: Desk, sku_id: wire.Id, body: stock.NewLot) -> stock.LotOut:
    """Make a lot known with its dates."""
    lot = LotId(desk.new_id(body.id))
    cmd = lots.RegisterLot(lot, SkuId(sku_id), body.code, body.produced_on, body.expires_on)
    return stock.lot_out(desk.perform(lots.register_lot, cmd))


@ROUTES.get("/skus/{sku_id}/lots", queries.lots_of_sku)
def get_lots(desk: Desk, sku_id: wire.Id) -> stock.Lots:
    """List the lots of a SKU, those that expire first before the others."""
    return stock.Lots(tuple(stock.lot_out(one) for one in desk.ask(queries.lots_of_sku, SkuId(sku_id))))


@ROUTES.get("/lots/{lot_id}", queries.show_lot)
def get_lot(desk: Desk, lot_id: wire.Id) -> stock.LotOut:
    """Look at one lot."""
    return stock.lot_out(desk.ask(queries.show_lot, LotId(lot_id)))


@ROUTES.post("/lots/{lot_id}/judge", lots.judge_lot, match="required", refuses=(IllegalMove,))
def post_lot_judge(desk: Desk, lot_id: wire.Id, body: stock.LotJudgement) -> stock.LotOut:
    """Hold, quarantine, recall or approve a lot; picks are promised units of approved lots alone."""
    cmd = lots.JudgeLot(LotId(lot_id), desk.expected_version, body.state, body.reason)
    return stock.lot_out(desk.perform(lots.judge_lot, cmd))


@ROUTES.get("/wanted-counts", wanted_counts.list_wanted_counts)
def get_wanted_counts(desk: Desk, query: stock.WantedCountQuery) -> wire.Listed[stock.WantedCountOut]:
    """List what is to be counted, or was: places where a picker found other than the books say, newest first."""
    request = wanted_counts.ListWantedCounts(
        page=query.page(),
        warehouse_id=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        location_id=None if query.location_id is None else LocationId(query.location_id),
        sku_id=None if query.sku_id is None else SkuId(query.sku_id),
        state=query.state,
    )
    return wire.listed(desk.ask(wanted_counts.list_wanted_counts, request), stock.wanted_count_out)


@ROUTES.get("/wanted-counts/{wanted_count_id}", wanted_counts.show_wanted_count)
def get_wanted_count(desk: Desk, wanted_count_id: wire.Id) -> stock.WantedCountOut:
    """Look at one count that is wanted, or was, with who counted and what came of it."""
    return stock.wanted_count_out(desk.ask(wanted_counts.show_wanted_count, WantedCountId(wanted_count_id)))
