"""Searching outbound: orders, waves, walks, parcels and manifests, page by page in the order of their ids."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from houtai.adapters.sql import outbound_tables as tables
from houtai.adapters.sql.faults import translated
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.outbound import MANIFEST, OUTBOUND, PARCEL, RUN, TRANSFER, WAVE
from houtai.adapters.sql.reads import as_driven, as_known
from houtai.adapters.sql.wire import say
from houtai.application.outbound.wishes import (
    FreeWalks,
    ManifestWish,
    OutboundWish,
    ParcelWish,
    RunWish,
    TransferFilter,
    WaveWish,
)
from houtai.application.paging import Page, Slice
from houtai.domain.ids import PickRunId
from houtai.domain.outbound.manifest import Manifest
from houtai.domain.outbound.order import OutboundOrder
from houtai.domain.outbound.parcel import Parcel
from houtai.domain.outbound.transfer import Transfer
from houtai.domain.outbound.wave import Wave
from houtai.domain.outbound.work import PickRun


class OutboundSearch:
    """See `OutboundViews`: its searches."""

    connection: Connection

    def outbound_list(self, wish: OutboundWish, page: Page) -> Slice[OutboundOrder]:
        """See `OutboundViews.outbound_list`."""
        own = tables.outbound_orders.c
        statement = select(tables.outbound_orders)
        if wish.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.merchants is not None:
            statement = statement.where(own.merchant_id.in_(sorted(wish.merchants)))
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        kind = None if wish.kind is None else wish.kind.value
        for column, wanted in ((own.wave_id, wish.wave_id), (own.kind, kind)):
            if wanted is not None:
                statement = statement.where(column == wanted)
        if wish.source_id is not None:
            shares = select(tables.joint_shares.c.outbound_id).where(tables.joint_shares.c.source_id == wish.source_id)
            statement = statement.where(or_(own.source_id == wish.source_id, own.id.in_(shares)))
        if wish.code:
            statement = statement.where(or_(own.number == wish.code, own.waybill == wish.code))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(OUTBOUND.build(self.connection, rows)), cursor)

    def wave_list(self, wish: WaveWish, page: Page) -> Slice[Wave]:
        """See `OutboundViews.wave_list`."""
        own = tables.waves.c
        statement = select(tables.waves)
        if wish.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(WAVE.build(self.connection, rows)), cursor)

    def run_list(self, wish: RunWish, page: Page) -> Slice[PickRun]:
        """See `OutboundViews.run_list`."""
        own = tables.pick_runs.c
        statement = select(tables.pick_runs)
        if wish.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.wave_id is not None:
            statement = statement.where(own.wave_id == wish.wave_id)
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(RUN.build(self.connection, rows)), cursor)

    def parcel_list(self, wish: ParcelWish, page: Page) -> Slice[Parcel]:
        """See `OutboundViews.parcel_list`."""
        own, orders = tables.parcels.c, tables.outbound_orders.c
        statement = select(tables.parcels)
        if wish.warehouses is not None or wish.merchants is not None:
            statement = statement.join(tables.outbound_orders, orders.id == own.outbound_id)
        if wish.warehouses is not None:
            statement = statement.where(orders.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.merchants is not None:
            statement = statement.where(orders.merchant_id.in_(sorted(wish.merchants)))
        if wish.outbound_id is not None:
            statement = statement.where(own.outbound_id == wish.outbound_id)
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        if wish.manifest_number:
            statement = statement.where(own.manifest_number == wish.manifest_number)
        if wish.code:
            statement = statement.where(or_(own.number == wish.code, own.waybill == wish.code))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(PARCEL.build(self.connection, rows)), cursor)

    def manifest_list(self, wish: ManifestWish, page: Page) -> Slice[Manifest]:
        """See `OutboundViews.manifest_list`."""
        own = tables.manifests.c
        statement = select(tables.manifests)
        if wish.warehouses is not None:
            statement = statement.where(own.warehouse_id.in_(sorted(wish.warehouses)))
        if wish.carrier:
            statement = statement.where(own.carrier == wish.carrier)
        if wish.state is not None:
            statement = statement.where(own.state == wish.state.value)
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(MANIFEST.build(self.connection, rows)), cursor)

    def transfer_list(self, wish: TransferFilter, page: Page) -> Slice[Transfer]:
        """See `OutboundViews.transfer_list`."""
        own = tables.transfers.c
        statement = select(tables.transfers)
        if wish.warehouses is not None:
            ends = sorted(wish.warehouses)
            statement = statement.where(or_(own.source_id.in_(ends), own.destination_id.in_(ends)))
        if wish.states:
            statement = statement.where(own.state.in_(sorted(state.value for state in wish.states)))
        rows, cursor = rows_of_page(self.connection, statement, (own.id,), page, newest_first=page.newest_first)
        return Slice(tuple(TRANSFER.build(self.connection, rows)), cursor)


class FreeWalksLook:
    """See `OutboundTx`: what a deed looks up of walks."""

    _connection: Connection

    def free_walks(self, wish: FreeWalks, *, skip: int, most: int) -> list[PickRunId]:
        """See `OutboundTx.free_walks`."""
        dialect, own = self._connection.dialect, tables.pick_runs.c
        is_postgres = dialect.name == "postgresql"
        skills: Any = None if wish.skills is None else sorted(wish.skills)
        if skills is not None and not is_postgres:
            skills = json.dumps(skills)
        place = as_driven(own.warehouse_id, dialect, wish.warehouse_id)
        wanted = (place, wish.zone, wish.zone, skills, skills, most, skip)
        with translated():
            found = say(self._connection, _ON_POSTGRES if is_postgres else _ON_SQLITE, wanted).fetchall()
        return [PickRunId(as_known(own.id, dialect, run_id)) for (run_id,) in found]


_FREE: Final = """SELECT pick_runs.id FROM pick_runs JOIN waves ON waves.id = pick_runs.wave_id
WHERE pick_runs.warehouse_id = {id} AND pick_runs.state = 'open' AND pick_runs.picker IS NULL
AND ({text} = '' OR pick_runs.zone = {text}) AND ({texts} IS NULL OR waves.skill {among})
ORDER BY waves.ship_by IS NULL, waves.ship_by, pick_runs.made_at, pick_runs.id LIMIT {number} OFFSET {number}"""
_ON_POSTGRES: Final = _FREE.format(
    id="%b::UUID", text="%b::text", texts="%b::text[]", among="= ANY (%b::text[])", number="%b::BIGINT"
)
_ON_SQLITE: Final = _FREE.format(id="?", text="?", texts="?", among="IN (SELECT value FROM json_each(?))", number="?")
