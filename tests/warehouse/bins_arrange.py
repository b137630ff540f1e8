"""Goods on shelves for tests, made through use cases; other tests may stand on it."""

from __future__ import annotations

from typing import Any

import attrs

from houtai.application.inventory.posting import post_change
from houtai.application.office import Office
from houtai.application.paging import Page
from houtai.application.permission import needs
from houtai.application.warehouse.bin_ports import BinsTx
from houtai.application.warehouse.bin_queries import BinView, ListBins, list_bins
from houtai.application.warehouse.move_goods import MoveGoods, MoveLine, move_goods
from houtai.application.warehouse.pick import (
    Leaving,
    Pick,
    PickWant,
    Taking,
    allocate,
    issue,
    put_back,
    release_allocation,
    take,
)
from houtai.domain.act import Act
from houtai.domain.ids import LocationId, SkuId, WarehouseId, derive, new_id
from houtai.domain.inventory.stock import StockState
from houtai.domain.ledger.account import AccountCode
from houtai.domain.warehouse.location import Location, Standard, standard_id
from houtai.domain.warehouse.removal import Removal
from tests.inventory.arrange import Shop, receive, some_shop, some_skus
from tests.warehouse.arrange import some_location


@attrs.frozen
class Depot:
    """A warehouse with two shelves, a packing table and ten pieces of tea that wait in the unplaced place."""

    shop: Shop
    tea: SkuId
    first: Location
    second: Location
    table: Location

    @property
    def office(self) -> Office:
        """Where deeds are done."""
        return self.shop.office

    @property
    def act(self) -> Act:
        """By whom."""
        return self.shop.act

    @property
    def warehouse(self) -> WarehouseId:
        """Where all this is."""
        return self.shop.warehouse

    @property
    def unplaced(self) -> LocationId:
        """Where goods wait to be put away."""
        return standard_id(self.warehouse, Standard.UNPLACED)

    def move(self, qty: int, start: LocationId, end: LocationId, **more: Any) -> None:
        """Carry tea from place to place."""
        line = MoveLine(more.pop("sku", self.tea), qty, start, end, **more)
        self.office.perform(move_goods, MoveGoods(new_id(), self.warehouse, (line,)), self.act)

    def put_away(self, qty: int, place: Location) -> None:
        """Out of the unplaced place onto a shelf."""
        self.move(qty, self.unplaced, place.id)

    def bins(self, **which: Any) -> tuple[BinView, ...]:
        """What lies where."""
        return self.office.ask(list_bins, ListBins(Page(limit=100), **which), self.act).items

    def lies(self, **which: Any) -> dict[str, int]:
        """Pieces by the path of their place."""
        found: dict[str, int] = {}
        for one in self.bins(**which):
            found[one.path] = found.get(one.path, 0) + one.qty
        return found

    def allocate(self, qty: int, removal: Removal = Removal.FEFO) -> tuple[Pick, ...]:
        """Promise tea to a line."""
        return self.office.perform(allocated, Allocating((PickWant(1, self.tea, self.warehouse, qty),), removal), self.act)

    def take(self, pick: Pick, place: LocationId, **more: Any) -> Pick:
        """Carry a whole pick somewhere."""
        (now,) = self.office.perform(taken, (Taking(pick, more.pop("qty", pick.qty), place, **more),), self.act)
        return now


def some_depot(office: Office, act: Act, qty: int = 10, unit_minor: int = 500) -> Depot:
    """The depot, its tea received."""
    shop = some_shop(office, act)
    (tea,) = some_skus(office, act, "TEA")
    first = some_location(office, act, shop.warehouse, "A-01-01-1")
    second = some_location(office, act, shop.warehouse, "A-02-01-1")
    table = some_location(office, act, shop.warehouse, "P-01")
    if qty:
        receive(office, act, shop.warehouse, (tea, qty), unit_minor=unit_minor)
    return Depot(shop, tea, first, second, table)


@attrs.frozen
class Allocating:
    """What to promise, and by which strategy."""

    wants: tuple[PickWant, ...]
    removal: Removal = Removal.FEFO


@needs("tests.allocate")
def allocated(tx: BinsTx, cmd: Allocating, act: Act) -> tuple[Pick, ...]:
    """Allocate as the release of a wave does."""
    return allocate(tx, cmd.wants, act, removal=cmd.removal)


@needs("tests.release")
def released(tx: BinsTx, cmd: tuple[Pick, ...], act: Act) -> None:
    """Give allocations back as the end of a wave does."""
    release_allocation(tx, cmd)


@needs("tests.take")
def taken(tx: BinsTx, cmd: tuple[Taking, ...], act: Act) -> tuple[Pick, ...]:
    """Take as a picker does."""
    return take(tx, cmd, act, document="pick", document_id=new_id())


@needs("tests.put-back")
def returned(tx: BinsTx, cmd: tuple[Taking, ...], act: Act) -> None:
    """Put back as an interception does."""
    put_back(tx, cmd, act, document="pick", document_id=new_id())


@needs("tests.issue")
def issued(tx: BinsTx, cmd: tuple[Leaving, ...], act: Act) -> int:
    """Send out as a hand-over does, with its cost in the books; the cost."""
    document = new_id()
    made = issue(tx, cmd, act, document="hand-over", document_id=document)
    cost_minor = sum(one.cost_minor for one in made)
    entries = {AccountCode.COGS: cost_minor, AccountCode.INVENTORY: -cost_minor}
    post_change(tx, derive(document, "cost"), entries, act, document="hand-over", currency="CNY")
    return cost_minor


def free_of(bins: tuple[BinView, ...], state: StockState = StockState.SELLABLE) -> int:
    """What of these may still be promised."""
    return sum(one.free_qty for one in bins if one.state is state)
