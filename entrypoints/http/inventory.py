"""Warehouses, stock, receipts, adjustments, holds, published figures and oversells over HTTP."""

from __future__ import annotations

from houtai.application.inventory import adjust, configure, explain as explaining, hold as holding, queries
from houtai.application.inventory.receive import ReceiveOpening, receive_opening
from houtai.domain.ids import AdjustmentId, ChannelId, CustomerId, HoldId, MerchantId, SkuId, WarehouseId
from houtai.domain.inventory.adjustment import AdjustmentLine, ReceiptLine
from houtai.domain.inventory.refusals import (
    CostNeeded,
    FrozenTooMuch,
    HoldCapReached,
    NotEnoughOnHand,
    NotOurGoods,
    NotStocked,
    OutOfStock,
    WarehouseClosed,
    WouldUndercut,
)
from houtai.domain.inventory.reservation import Want
from houtai.domain.inventory.warehouse import HoldRule
from houtai.domain.ledger.refusals import PeriodClosed
from houtai.domain.refusal import IllegalMove, VersionConflict
from houtai.domain.warehouse.bin_refusals import AllBinsPromised
from houtai.entrypoints.http import explanation_wire as explanation, inventory_wire as stock, promises_wire as promises, wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("inventory", "Where goods lie, who was promised them, and what channels are told.")


@ROUTES.post("/warehouses", configure.open_warehouse, status=201, location="/warehouses/{id}")
def post_warehouse(desk: Desk, body: stock.NewWarehouse) -> stock.WarehouseOut:
    """Open a warehouse."""
    merchant = None if body.merchant_id is None else MerchantId(body.merchant_id)
    warehouse = WarehouseId(desk.new_id(body.id))
    cmd = configure.OpenWarehouse(warehouse, body.code, body.name, body.currency, merchant)
    return stock.warehouse_out(desk.perform(configure.open_warehouse, cmd))


@ROUTES.get("/warehouses", queries.list_warehouses)
def get_warehouses(desk: Desk, query: wire.PageQuery) -> wire.Listed[stock.WarehouseOut]:
    """List warehouses."""
    return wire.listed(desk.ask(queries.list_warehouses, queries.ListWarehouses(query.page())), stock.warehouse_out)


@ROUTES.get("/warehouses/{warehouse_id}", queries.find_warehouse)
def get_warehouse(desk: Desk, warehouse_id: wire.Id) -> stock.WarehouseOut:
    """Look at one warehouse."""
    return stock.warehouse_out(desk.ask(queries.find_warehouse, WarehouseId(warehouse_id)))


@ROUTES.put("/warehouses/{warehouse_id}", configure.edit_warehouse, refuses=(IllegalMove,))
def put_warehouse(desk: Desk, warehouse_id: wire.Id, body: stock.WarehouseChange) -> stock.WarehouseOut:
    """Rename, close or reopen a warehouse.

    A closed one keeps what it promised and promises nothing more; channels are told at once.
    """
    cmd = configure.EditWarehouse(WarehouseId(warehouse_id), desk.expected_version, body.name, body.state)
    return stock.warehouse_out(desk.perform(configure.edit_warehouse, cmd))


@ROUTES.put(
    "/channels/{channel_id}/warehouses",
    configure.set_channel_warehouses,
    match="optional",
    refuses=(IllegalMove, VersionConflict),
)
def put_channel_warehouses(desk: Desk, channel_id: wire.Id, body: stock.PoolIn) -> stock.PoolOut:
    """Say which warehouses serve a channel, in which order.

    If-Match names the version that is replaced; it is left out where the channel had none.
    """
    rule = body.holds
    cmd = configure.SetChannelWarehouses(
        channel_id=ChannelId(channel_id),
        warehouses=tuple(WarehouseId(one) for one in body.warehouses),
        expected_version=desk.version_if_given or 0,
        holds=HoldRule(rule.ttl_s, rule.scarce_ttl_s, rule.scarce_below_qty, rule.buyer_cap_qty),
        state=body.state,
    )
    return stock.pool_out(desk.perform(configure.set_channel_warehouses, cmd))


@ROUTES.get("/channels/{channel_id}/warehouses", queries.find_channel_warehouses)
def get_channel_warehouses(desk: Desk, channel_id: wire.Id) -> stock.PoolOut:
    """Look at the warehouses of a channel."""
    return stock.pool_out(desk.ask(queries.find_channel_warehouses, ChannelId(channel_id)))


@ROUTES.get("/stocks", queries.list_stock)
def get_stocks(desk: Desk, query: stock.StockQuery) -> wire.Listed[stock.StockOut]:
    """List stock by SKU and warehouse; `available_at_most` finds what runs low."""
    request = queries.ListStock(
        page=query.page(),
        warehouse_id=None if query.warehouse_id is None else WarehouseId(query.warehouse_id),
        sku_id=None if query.sku_id is None else SkuId(query.sku_id),
        available_at_most=query.available_at_most,
    )
    return wire.listed(desk.ask(queries.list_stock, request), stock.stock_out)


@ROUTES.get("/skus/{sku_id}/movements", queries.list_movements)
def get_movements(desk: Desk, sku_id: wire.Id, query: stock.MovementQuery) -> wire.Listed[stock.MovementOut]:
    """List the stock ledger of a SKU, newest first, one warehouse after the other."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    request = queries.ListMovements(SkuId(sku_id), warehouse, query.page())
    return wire.listed(desk.ask(queries.list_movements, request), stock.movement_out)


@ROUTES.get("/skus/{sku_id}/stock-explanation", explaining.explain)
def get_stock_explanation(desk: Desk, sku_id: wire.Id, query: explanation.ExplainQuery) -> explanation.ExplanationOut:
    """Explain every number of a SKU: the whole arithmetic, and the rows behind it."""
    found = desk.ask(explaining.explain, explaining.ExplainSku(SkuId(sku_id), query.movements))
    return explanation.explanation_out(found)


@ROUTES.put(
    "/skus/{sku_id}/warehouses/{warehouse_id}/set-aside",
    configure.set_aside,
    match="none",
    refuses=(FrozenTooMuch, NotStocked),
)
def put_set_aside(desk: Desk, sku_id: wire.Id, warehouse_id: wire.Id, body: stock.AsideIn) -> stock.AsideOut:
    """Set the safety stock of a SKU in a warehouse, and what is frozen while it is counted."""
    cmd = configure.SetAside(SkuId(sku_id), WarehouseId(warehouse_id), body.safety_qty, body.frozen_qty)
    changed = desk.perform(configure.set_aside, cmd)
    return stock.AsideOut(changed.safety_qty, changed.frozen_qty, changed.available_qty)


@ROUTES.post(
    "/opening-receipts",
    receive_opening,
    status=201,
    location="/opening-receipts/{id}",
    refuses=(NotStocked, NotOurGoods, WarehouseClosed, PeriodClosed),
)
def post_opening_receipt(desk: Desk, body: stock.NewReceipt) -> stock.ReceiptOut:
    """Take stock in that was there before the books, or came without a purchase."""
    cmd = ReceiveOpening(
        receipt=desk.new_id(body.id),
        warehouse_id=WarehouseId(body.warehouse_id),
        lines=tuple(
            ReceiptLine(number, SkuId(one.sku_id), one.qty, one.unit_minor, one.state)
            for number, one in enumerate(body.lines, start=1)
        ),
        currency=body.currency,
        note=body.note,
    )
    return stock.receipt_out(desk.perform(receive_opening, cmd))


@ROUTES.get("/opening-receipts/{receipt_id}", queries.find_receipt)
def get_opening_receipt(desk: Desk, receipt_id: wire.Id) -> stock.ReceiptOut:
    """Look at one receipt."""
    return stock.receipt_out(desk.ask(queries.find_receipt, receipt_id))


@ROUTES.post(
    "/adjustments",
    adjust.request_adjustment,
    status=201,
    location="/adjustments/{id}",
    refuses=(NotStocked, NotOurGoods),
)
def post_adjustment(desk: Desk, body: stock.NewAdjustment) -> stock.AdjustmentOut:
    """Ask for a change of stock; it moves when somebody else approves."""
    cmd = adjust.RequestAdjustment(
        adjustment=AdjustmentId(desk.new_id(body.id)),
        warehouse_id=WarehouseId(body.warehouse_id),
        reason=body.reason,
        lines=tuple(
            AdjustmentLine(number, SkuId(one.sku_id), one.state, one.delta_qty, one.to_state, one.unit_minor)
            for number, one in enumerate(body.lines, start=1)
        ),
        note=body.note,
    )
    return stock.adjustment_out(desk.perform(adjust.request_adjustment, cmd))


@ROUTES.get("/adjustments", queries.list_adjustments)
def get_adjustments(desk: Desk, query: stock.AdjustmentQuery) -> wire.Listed[stock.AdjustmentOut]:
    """List adjustments, newest first."""
    warehouse = None if query.warehouse_id is None else WarehouseId(query.warehouse_id)
    request = queries.ListAdjustments(query.page(), query.state, warehouse)
    return wire.listed(desk.ask(queries.list_adjustments, request), stock.adjustment_out)


@ROUTES.get("/adjustments/{adjustment_id}", queries.find_adjustment)
def get_adjustment(desk: Desk, adjustment_id: wire.Id) -> stock.AdjustmentOut:
    """Look at one adjustment."""
    return stock.adjustment_out(desk.ask(queries.find_adjustment, AdjustmentId(adjustment_id)))


@ROUTES.post(
    "/adjustments/{adjustment_id}/approve",
    adjust.approve_adjustment,
    match="required",
    refuses=(WouldUndercut, NotEnoughOnHand, CostNeeded, NotStocked, IllegalMove, PeriodClosed, AllBinsPromised),
)
def post_adjustment_approve(desk: Desk, adjustment_id: wire.Id, body: stock.Decision) -> stock.AdjustmentOut:
    """Approve what somebody else asked for, and move the stock."""
    cmd = adjust.DecideAdjustment(AdjustmentId(adjustment_id), desk.expected_version, body.note)
    return stock.adjustment_out(desk.perform(adjust.approve_adjustment, cmd))


@ROUTES.post("/adjustments/{adjustment_id}/reject", adjust.reject_adjustment, match="required", refuses=(IllegalMove,))
def post_adjustment_reject(desk: Desk, adjustment_id: wire.Id, body: stock.Decision) -> stock.AdjustmentOut:
    """Reject what somebody else asked for; stock stays."""
    cmd = adjust.DecideAdjustment(AdjustmentId(adjustment_id), desk.expected_version, body.note)
    return stock.adjustment_out(desk.perform(adjust.reject_adjustment, cmd))


@ROUTES.post("/adjustments/{adjustment_id}/withdraw", adjust.withdraw_adjustment, match="required", refuses=(IllegalMove,))
def post_adjustment_withdraw(desk: Desk, adjustment_id: wire.Id, body: stock.Decision) -> stock.AdjustmentOut:
    """Take a request back before it is decided."""
    cmd = adjust.DecideAdjustment(AdjustmentId(adjustment_id), desk.expected_version, body.note)
    return stock.adjustment_out(desk.perform(adjust.withdraw_adjustment, cmd))


@ROUTES.post(
    "/stock-holds",
    holding.hold,
    status=201,
    location="/stock-holds/{id}",
    refuses=(OutOfStock, HoldCapReached),
)
def post_stock_hold(desk: Desk, body: promises.NewHold) -> promises.HoldOut:
    """Keep units for a buyer who is about to pay, until the hold expires."""
    cmd = holding.HoldStock(
        hold=HoldId(desk.new_id(body.id)),
        buyer_id=CustomerId(body.buyer_id),
        channel_id=ChannelId(body.channel_id),
        wants=tuple(Want(one.line, SkuId(one.sku_id), one.qty) for one in body.wants),
        ship_together=body.ship_together,
    )
    return promises.hold_out(desk.perform(holding.hold, cmd))


@ROUTES.get("/stock-holds/{hold_id}", queries.find_hold)
def get_stock_hold(desk: Desk, hold_id: wire.Id) -> promises.HoldOut:
    """Look at one hold."""
    return promises.hold_out(desk.ask(queries.find_hold, HoldId(hold_id)))


@ROUTES.post("/stock-holds/{hold_id}/release", holding.release_held_stock)
def post_stock_hold_release(desk: Desk, hold_id: wire.Id) -> promises.HoldOut:
    """Give a hold back before its time; one that has ended stays as it is."""
    return promises.hold_out(desk.perform(holding.release_held_stock, holding.ReleaseHeldStock(HoldId(hold_id))))
