"""What must hold of stock after every commit, on every adapter (S1, S2, S3, S5, S9, R-18, R-20)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.application.inventory import ports
from houtai.application.inventory.figures import work_out
from houtai.application.inventory.ports import InventoryViews
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.domain.act import Act
from houtai.domain.ids import SkuId
from houtai.domain.inventory.oversell import OversellState
from houtai.domain.inventory.reservation import HoldState, ReservationState
from houtai.domain.inventory.stock import Stock, StockState
from houtai.domain.ledger.account import AccountCode, AccountKey


@attrs.frozen
class Examine:
    """Whose stock to look at."""

    skus: tuple[SkuId, ...]


@needs("tests.examine")
def _broken(views: InventoryViews, request: Examine, act: Act) -> list[str]:
    found: list[str] = []
    value_minor = 0
    for sku in request.skus:
        for stock in views.stocks.by(ports.STOCK_BY_SKU, sku):
            found += [f"{stock}: {what}" for what in (*_of_ledger(views, stock), *_of_promises(views, stock))]
            value_minor += stock.value_minor
    rows = views.published.by(ports.PUBLISHED_BY_SKU, *request.skus)
    for key, figure in work_out(views, [row.key for row in rows]).items():
        told = views.published.get(key)
        if told.qty != figure.qty:
            found.append(f"S9: {key} was told {told.qty}, the figure is {figure.qty}")
        if told.qty > _unpromised(views, key[1]):
            found.append(f"S9: {key} was told {told.qty}, more than is there")
    books = views.sum_rows("balances").get(AccountKey(AccountCode.INVENTORY, "", "CNY"), 0)  # type: ignore[attr-defined]  # of every store
    if books != value_minor:
        found.append(f"R-20: the books say {books}, the stock is worth {value_minor}")
    return found


def _of_ledger(views: InventoryViews, stock: Stock) -> list[str]:
    moved = views.movements.by(ports.MOVEMENT_BY_STOCK, stock.key)
    found = []
    for state in StockState:
        of_state = [one for one in moved if one.state is state]
        if sum(one.delta_qty for one in of_state) != stock.on_hand(state):
            found.append(f"S1: {state.value} is not the sum of its movements")
        if of_state and of_state[-1].balance_after_qty != stock.on_hand(state):
            found.append(f"S1: {state.value} is not the last balance")
    if sum(one.value_minor for one in moved) != stock.value_minor:
        found.append("R-18: the value is not the sum of the movements' values")
    if [one.seq for one in moved] != list(range(1, stock.last_seq + 1)):
        found.append("S5: the ledger has a gap")
    if not stock.valued_qty and stock.value_minor:
        found.append("R-18: value without units")
    return found


def _of_promises(views: InventoryViews, stock: Stock) -> list[str]:
    reserved = views.reservations.by(ports.RESERVATION_BY_SKU, (stock.sku_id, ReservationState.OPEN.value))
    held = views.held_lines.by(ports.HELD_BY_STOCK, (*stock.key, HoldState.LIVE.value))
    owed = views.oversells.by(ports.OVERSELL_BY_SKU, (stock.sku_id, OversellState.OPEN.value))
    fenced = views.fences.by(ports.FENCE_BY_STOCK, stock.key)
    sums = {
        "S3: reserved": (stock.reserved_qty, sum(one.qty for one in reserved if one.stock_key == stock.key)),
        "held": (stock.held_qty, sum(line.qty for line in held)),
        "dedicated": (stock.dedicated_qty, sum(fence.left_qty for fence in fenced)),
        "owed": (stock.owed_qty, sum(one.missing_qty for one in owed if one.stock_key == stock.key)),
    }
    found = [f"{what} is {kept}, its rows say {rows}" for what, (kept, rows) in sums.items() if kept != rows]
    if not 0 <= stock.reserved_qty + stock.held_qty <= stock.sellable_qty:
        found.append("S2: more is promised than lies here")
    if held and (stock.holds_due_at is None or stock.holds_due_at > min(line.expires_at for line in held)):
        found.append("the first hold ends before anybody would look")
    return found


def _unpromised(views: InventoryViews, sku: SkuId) -> int:
    stocks = views.stocks.by(ports.STOCK_BY_SKU, sku)
    return sum(max(0, stock.sellable_qty - stock.reserved_qty) for stock in stocks)


def broken(office: Office, act: Act, skus: Sequence[SkuId]) -> list[str]:
    """What does not hold."""
    return office.ask(_broken, Examine(tuple(skus)), act)
