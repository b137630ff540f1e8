"""Setting up stations: what is done there, and which printers, scale and scanner stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import attrs

from houtai.application.inventory.scope import demand_at
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.ports import PrintingTx
from houtai.application.timeline import write_line
from houtai.application.warehouse.ports import STATION_BY_CODE, WarehouseTx
from houtai.domain.act import Act
from houtai.domain.catalog.standing import MOVES, Standing
from houtai.domain.ids import PrinterId, StationId, WarehouseId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, NotFound, VersionConflict
from houtai.domain.warehouse.station import Flow, Station

EQUIPMENT: Final = "warehouse.equipment"


class StationsTx(WarehouseTx, PrintingTx, Protocol):
    """A warehouse's transaction that knows its printers."""


@attrs.frozen
class Setting:
    """What of a station can be changed."""

    name: str
    flows: frozenset[Flow]
    printers: Mapping[str, PrinterId] = attrs.field(factory=dict)
    scale: str = ""


@attrs.frozen
class SetUpStation:
    """A new station; its code is unique in its warehouse."""

    station: StationId
    warehouse_id: WarehouseId
    code: str
    setting: Setting


@needs(EQUIPMENT, along=(WAREHOUSE, MERCHANT))
def set_up_station(tx: StationsTx, cmd: SetUpStation, act: Act) -> Station:
    """Set up a station. Raises AlreadyExists for a taken code, NotFound for an unknown warehouse or another's printer."""
    demand_at(act, EQUIPMENT, tx.warehouses.get(cmd.warehouse_id))
    _demand_printers(tx, cmd.warehouse_id, cmd.setting)
    made = Station(id=cmd.station, warehouse_id=cmd.warehouse_id, code=cmd.code, **_fields(cmd.setting))
    taken = tx.stations.first(STATION_BY_CODE, (cmd.warehouse_id, cmd.code)) or tx.stations.find(cmd.station)
    if taken is not None:
        raise AlreadyExists(what="station", key=cmd.code)
    tx.stations.add(made)
    write_line(tx, act, "station", made, "set up", before=None)
    return made


@attrs.frozen
class EditStation:
    """A station from now on, in use or put away."""

    station: StationId
    expected_version: int
    setting: Setting
    state: Standing = Standing.ACTIVE


@needs(EQUIPMENT, along=(WAREHOUSE, MERCHANT))
def edit_station(tx: StationsTx, cmd: EditStation, act: Act) -> Station:
    """Change a station, put it away or bring it back. Raises NotFound (also for another warehouse's printer), VersionConflict."""
    found = tx.stations.lock_one(cmd.station)
    demand_at(act, EQUIPMENT, tx.warehouses.get(found.warehouse_id))
    if found.version != cmd.expected_version:
        raise VersionConflict(
            what="station", key=found.code, expected_version=cmd.expected_version, current_version=found.version
        )
    if cmd.state is not found.state:
        check_move("station", MOVES, found.state, cmd.state)
    _demand_printers(tx, found.warehouse_id, cmd.setting)
    edited = attrs.evolve(found, **_fields(cmd.setting), state=cmd.state, version=found.version + 1)
    tx.stations.save(edited)
    write_line(tx, act, "station", edited, "edited", before=found.state)
    return edited


def _demand_printers(tx: StationsTx, warehouse_id: WarehouseId, setting: Setting) -> None:
    """Labels come out where the goods are: a printer of another warehouse is as good as none."""
    known = tx.printers.many(setting.printers.values())
    for printer_id in setting.printers.values():
        if printer_id not in known or known[printer_id].warehouse_id != warehouse_id:
            raise NotFound(what="printer", key=str(printer_id))


def _fields(setting: Setting) -> dict[str, Any]:
    return {field.name: getattr(setting, field.name) for field in attrs.fields(Setting)}
