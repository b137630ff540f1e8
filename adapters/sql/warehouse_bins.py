"""Stock by location on SQL: bins with their bounds as CHECKs, the bin ledger, lots and serials, and their lists."""

from __future__ import annotations

from typing import Any, Final

import attrs
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    Table,
    UniqueConstraint,
    or_,
    select,
)

from houtai.adapters.sql.columns import (
    METADATA,
    append_only,
    id_column,
    moment,
    one_of,
    owner_column,
    qty,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Mapping, Row
from houtai.application.paging import Page, Slice
from houtai.application.warehouse import bin_ports as ports
from houtai.application.warehouse.bin_ports import BinWish, MoveWish, WantedWish
from houtai.domain.inventory.stock import StockState
from houtai.domain.limits import MAX_LINES
from houtai.domain.warehouse.bins import Bin, BinHead, BinKey, BinMove, MoveReason
from houtai.domain.warehouse.lots import Lot, LotState, Serial, SerialState
from houtai.domain.warehouse.wanted_count import CountReason, WantedCount, WantedState

_SEQ_MAX: Final = 2**31 - 1


def _stock(*, primary: bool = False) -> tuple[Column[Any], Column[Any]]:
    sku = id_column("sku_id", ForeignKey("skus.id"), primary_key=primary)
    return sku, id_column("warehouse_id", ForeignKey("warehouses.id"), primary_key=primary)


def _place(name: str) -> Column[Any]:
    return id_column(name, ForeignKey("locations.id"))


def _unit(name: str) -> Column[Any]:
    return id_column(name, ForeignKey("handling_units.id"), nullable=True)


def _of_stock() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["sku_id", "warehouse_id"], ["stocks.sku_id", "stocks.warehouse_id"])


lots: Final = Table(
    "lots",
    METADATA,
    id_column("id", primary_key=True),
    id_column("sku_id", ForeignKey("skus.id")),
    words("code", 64),
    Column("produced_on", Date(), nullable=True),
    Column("expires_on", Date(), nullable=True, index=True),
    one_of("state", LotState),
    version(),
    UniqueConstraint("sku_id", "code"),
    CheckConstraint("produced_on IS NULL OR expires_on IS NULL OR produced_on <= expires_on", name="made_before_it_expires"),
)

bin_heads: Final = Table("bin_heads", METADATA, *_stock(primary=True), whole_number("last_seq", 0, _SEQ_MAX), _of_stock())

bins: Final = Table(
    "bins",
    METADATA,
    id_column("id", primary_key=True),
    *_stock(),
    id_column("location_id"),
    id_column("handling_unit_id", nullable=True),
    id_column("lot_id", ForeignKey("lots.id"), nullable=True),
    owner_column("merchant_id"),
    one_of("state", StockState),
    qty("qty"),
    qty("allocated_qty"),
    qty("suspect_qty"),
    moment("since"),
    whole_number("filled", 0, ports.FILLED),  # whether lookups find it; an emptied bin is kept for the next time
    ForeignKeyConstraint(["sku_id", "warehouse_id"], ["bin_heads.sku_id", "bin_heads.warehouse_id"]),
    ForeignKeyConstraint(["location_id", "warehouse_id"], ["locations.id", "locations.warehouse_id"]),
    ForeignKeyConstraint(["handling_unit_id", "warehouse_id"], ["handling_units.id", "handling_units.warehouse_id"]),
    CheckConstraint("allocated_qty + suspect_qty <= qty", name="promised_is_there"),
    CheckConstraint("(filled = 1) = (qty > 0)", name="filled_is_known"),
)
_FULL: Final = bins.c.filled == ports.FILLED
# A lookup gives `filled` as one of its values, from which no planner concludes that a partial index is enough: these are whole.
for _name, _columns in {
    "stock": (bins.c.sku_id, bins.c.warehouse_id, bins.c.filled),
    "location": (bins.c.location_id, bins.c.filled),
    "unit": (bins.c.handling_unit_id, bins.c.filled),
}.items():
    Index(f"ix_bins_{_name}", *_columns)
for _name, _columns in {"place": (bins.c.warehouse_id, bins.c.id), "lot": (bins.c.lot_id, bins.c.id)}.items():
    Index(f"ix_bins_{_name}", *_columns, postgresql_where=_FULL, sqlite_where=_FULL)
Index("ix_bins_suspect", bins.c.warehouse_id, postgresql_where=bins.c.suspect_qty > 0, sqlite_where=bins.c.suspect_qty > 0)

bin_moves: Final = append_only(
    Table(
        "bin_moves",
        METADATA,
        *_stock(primary=True),
        Column("seq", BigInteger(), primary_key=True, autoincrement=False),
        _place("from_location_id"),
        _place("to_location_id"),
        _unit("from_unit_id"),
        _unit("to_unit_id"),
        id_column("lot_id", ForeignKey("lots.id"), nullable=True),
        id_column("to_lot_id", ForeignKey("lots.id"), nullable=True),
        owner_column("merchant_id"),
        one_of("state", StockState),
        one_of("to_state", StockState),
        qty("qty", 1),
        words("document", 40),
        id_column("document_id", index=True),
        whole_number("line", 1, MAX_LINES),
        one_of("reason", MoveReason),
        moment("at"),
        id_column("actor"),
        CheckConstraint("seq >= 1", name="seq_counts"),
        CheckConstraint(
            "from_location_id <> to_location_id OR state <> to_state OR from_unit_id IS DISTINCT FROM to_unit_id"
            " OR lot_id IS DISTINCT FROM to_lot_id",
            name="moves_something",
        ),
        CheckConstraint("lot_id IS NULL OR lot_id = to_lot_id", name="a_lot_is_named_once"),
    )
)
Index("ix_bin_moves_from_location_id", bin_moves.c.from_location_id, bin_moves.c.at)
Index("ix_bin_moves_to_location_id", bin_moves.c.to_location_id, bin_moves.c.at)
Index("ix_bin_moves_warehouse_id", bin_moves.c.warehouse_id, bin_moves.c.at)
for _end in (bin_moves.c.from_unit_id, bin_moves.c.to_unit_id):
    Index(f"ix_bin_moves_{_end.name}", _end, postgresql_where=_end.is_not(None), sqlite_where=_end.is_not(None))

serials: Final = Table(
    "serials",
    METADATA,
    id_column("sku_id", ForeignKey("skus.id"), primary_key=True),
    words("code", 64, primary_key=True),
    id_column("bin_id", ForeignKey("bins.id"), nullable=True, index=True),
    moment("since"),
    one_of("state", SerialState),
    CheckConstraint("(state = 'stored') = (bin_id IS NOT NULL)", name="stored_somewhere"),
)

wanted_counts: Final = Table(
    "wanted_counts",
    METADATA,
    id_column("id", primary_key=True),
    id_column("warehouse_id", ForeignKey("warehouses.id")),
    id_column("location_id"),
    id_column("open_location_id", nullable=True),  # again while it waits, for the one that may be open
    id_column("sku_id"),
    words("lot", 64),
    owner_column("merchant_id", known=False),
    one_of("reason", CountReason),
    moment("asked_at"),
    id_column("asked_by"),
    moment("done_at", nullable=True),
    id_column("done_by", nullable=True),
    id_column("count_id", nullable=True),
    one_of("state", WantedState),
    version(),
    ForeignKeyConstraint(["location_id", "warehouse_id"], ["locations.id", "locations.warehouse_id"]),
    ForeignKeyConstraint(["merchant_id", "sku_id"], ["skus.merchant_id", "skus.id"]),
    UniqueConstraint("open_location_id", "sku_id", "lot"),
    CheckConstraint("(state = 'open') = (open_location_id IS NOT NULL)", name="open_is_told_twice"),
    *(
        CheckConstraint(f"(state = 'done') = ({known} IS NOT NULL)", name=f"{known}_known")
        for known in ("done_at", "done_by", "count_id")
    ),
)
Index("ix_wanted_counts_stock", wanted_counts.c.location_id, wanted_counts.c.sku_id, wanted_counts.c.lot)
Index("ix_wanted_counts_warehouse_id_state", wanted_counts.c.warehouse_id, wanted_counts.c.state, wanted_counts.c.asked_at)


def _row(record: Any, *left_out: str) -> Row:
    """A record's fields as columns of the same names, enums by value."""
    names = (field.name for field in attrs.fields(type(record)) if field.name not in left_out)
    return {name: getattr(value := getattr(record, name), "value", value) for name in names}


def _dump_bin(one: Bin) -> Row:
    return {**_row(one.key), **_row(one, "key"), "id": one.id, "filled": ports.FILLED if one.qty else 0}


def _load_bin(row: Row) -> Bin:
    key = BinKey(
        row["warehouse_id"],
        row["location_id"],
        row["sku_id"],
        StockState(row["state"]),
        row["handling_unit_id"],
        row["lot_id"],
        row["merchant_id"],
    )
    return Bin(key, row["qty"], row["since"], row["allocated_qty"], row["suspect_qty"])


def _load_move(row: Row) -> BinMove:
    known = {"state": StockState(row["state"]), "to_state": StockState(row["to_state"]), "reason": MoveReason(row["reason"])}
    return BinMove(**{**row, **known})


def _dump_wanted(one: WantedCount) -> Row:
    return {**_row(one), "open_location_id": one.location_id if one.open else None}


def _load_wanted(row: Row, _: object) -> WantedCount:
    known = {"reason": CountReason(row["reason"]), "state": WantedState(row["state"])}
    return WantedCount(**{**{name: value for name, value in row.items() if name != "open_location_id"}, **known})


MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    Mapping(
        ports.LOTS,
        lots,
        dump=_row,
        load=lambda row, _: Lot(**{**row, "state": LotState(row["state"])}),
        found_by={ports.LOT_BY_CODE: ("sku_id", "code"), ports.LOT_BY_SKU: ("sku_id",)},
    ),
    Mapping(ports.BIN_HEADS, bin_heads, dump=_row, load=lambda row, _: BinHead(**row)),
    Mapping(
        ports.BINS,
        bins,
        dump=_dump_bin,
        load=lambda row, _: _load_bin(row),
        found_by={
            ports.BIN_BY_STOCK: ("sku_id", "warehouse_id", "filled"),
            ports.BIN_BY_LOCATION: ("location_id", "filled"),
            ports.BIN_BY_UNIT: ("handling_unit_id", "filled"),
        },
    ),
    Mapping(
        ports.BIN_MOVES,
        bin_moves,
        dump=_row,
        load=lambda row, _: _load_move(row),
        found_by={ports.BIN_MOVE_BY_DOCUMENT: ("document_id",), ports.BIN_MOVE_BY_STOCK: ("sku_id", "warehouse_id")},
    ),
    Mapping(
        ports.SERIALS,
        serials,
        dump=_row,
        load=lambda row, _: Serial(**{**row, "state": SerialState(row["state"])}),
        found_by={ports.SERIAL_BY_BIN: ("bin_id",), ports.SERIAL_BY_SKU: ("sku_id",)},
    ),
    Mapping(
        ports.WANTED_COUNTS,
        wanted_counts,
        dump=_dump_wanted,
        load=_load_wanted,
        found_by={
            ports.WANTED_OF: ("location_id", "sku_id", "lot"),
            ports.WANTED_OPEN: ("open_location_id", "sku_id", "lot"),
            ports.WANTED_AT: ("open_location_id",),
            ports.WANTED_IN: ("warehouse_id", "state"),
        },
    ),
)


class BinsSearch:
    """See `BinsViews`: its searches."""

    connection: Connection

    def bin_list(self, wish: BinWish, page: Page) -> Slice[Bin]:
        """See `BinsViews.bin_list`."""
        own = bins.c
        statement = _within(select(bins).where(_FULL), bins, wish)
        for column, wanted in (
            (own.location_id, wish.location_id),
            (own.handling_unit_id, wish.handling_unit_id),
            (own.lot_id, wish.lot_id),
            (own.state, None if wish.state is None else wish.state.value),
        ):
            if wanted is not None:
                statement = statement.where(column == wanted)
        if wish.suspect:
            statement = statement.where(own.suspect_qty > 0)
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(_load_bin(dict(row)) for row in rows), cursor)

    def bin_move_list(self, wish: MoveWish, page: Page) -> Slice[BinMove]:
        """See `BinsViews.bin_move_list`."""
        own = bin_moves.c
        statement = _within(select(bin_moves), bin_moves, wish)
        if wish.location_id is not None:
            statement = statement.where(or_(own.from_location_id == wish.location_id, own.to_location_id == wish.location_id))
        if wish.handling_unit_id is not None:
            unit = wish.handling_unit_id
            statement = statement.where(or_(own.from_unit_id == unit, own.to_unit_id == unit))
        if wish.document_id is not None:
            statement = statement.where(own.document_id == wish.document_id)
        place = (own.at, own.sku_id, own.warehouse_id, own.seq)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=page.newest_first)
        return Slice(tuple(_load_move(dict(row)) for row in rows), cursor)

    def wanted_count_list(self, wish: WantedWish, page: Page) -> Slice[WantedCount]:
        """See `BinsViews.wanted_count_list`."""
        own = wanted_counts.c
        statement = _within(select(wanted_counts), wanted_counts, wish)
        if wish.location_id is not None:
            statement = statement.where(own.location_id == wish.location_id)
        if wish.state is not None:
            statement = statement.where(own.state == wish.state.value)
        rows, cursor = rows_of_page(self.connection, statement, (own.asked_at, own.id), page, newest_first=page.newest_first)
        return Slice(tuple(_load_wanted(dict(row), None) for row in rows), cursor)


def _within(statement: Select[Any], table: Table, wish: BinWish | MoveWish | WantedWish) -> Select[Any]:
    """As far as the actor reaches, and of one SKU."""
    if wish.warehouses is not None:
        statement = statement.where(table.c.warehouse_id.in_(sorted(wish.warehouses)))
    if wish.merchants is not None:
        statement = statement.where(table.c.merchant_id.in_(sorted(wish.merchants)))
    if wish.sku_id is not None:
        statement = statement.where(table.c.sku_id == wish.sku_id)
    return statement
