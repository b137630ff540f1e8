"""One resolver for every scan: places, units, badges, commands and products, each told by its kind."""

from __future__ import annotations

import pytest

from houtai.application.office import Office
from houtai.application.warehouse.resolve import Match, MatchKind, Scan, resolve
from houtai.application.warehouse.units import MakeUnit, make_unit
from houtai.domain.act import Act
from houtai.domain.ids import HandlingUnitId, WarehouseId, new_id
from houtai.domain.refusal import InvalidValue, NotFound
from houtai.domain.warehouse.codes import Command, command_of, prefix_of
from houtai.domain.warehouse.handling_unit import UnitKind
from tests.inventory.arrange import some_skus, some_warehouse
from tests.warehouse.arrange import some_location
from tests.warehouse.test_locations import clerk


def scan(office: Office, act: Act, warehouse: WarehouseId, code: str) -> tuple[Match, ...]:
    return office.ask(resolve, Scan(code, warehouse), act)


def test_every_kind_of_code_is_told_from_the_others(office: Office, system: Act) -> None:
    warehouse = some_warehouse(office, system)
    place = some_location(office, system, warehouse)
    tote = office.perform(make_unit, MakeUnit(HandlingUnitId(new_id()), warehouse, "H-T1", UnitKind.TOTE), system)
    (sku,) = some_skus(office, system, "TEA")
    found = {code: scan(office, system, warehouse, code) for code in (place.barcode, "H-T1", "TEA", "C-DONE", "X")}
    assert [(one.kind, one.id) for one in found[place.barcode]] == [(MatchKind.LOCATION, place.id)]
    assert [(one.kind, one.id) for one in found["H-T1"]] == [(MatchKind.UNIT, tote.id)]
    assert [(one.kind, one.id) for one in found["TEA"]] == [(MatchKind.PRODUCT, sku)]
    assert [one.command for one in found["C-DONE"]] == [Command.DONE]
    assert found["X"] == ()


def test_what_is_in_another_warehouse_is_not_there(office: Office, system: Act) -> None:
    here, there = some_warehouse(office, system), some_warehouse(office, system, "BJ")
    place = some_location(office, system, there)
    assert scan(office, system, here, place.barcode) == ()
    with pytest.raises(NotFound):
        scan(office, clerk(system, here, "warehouse.read"), there, place.barcode)


@pytest.mark.parametrize("command", Command)
def test_a_command_is_read_back_from_its_barcode(command: Command) -> None:
    assert command_of(command.barcode) is command
    assert prefix_of(command.barcode) is not None


@pytest.mark.parametrize("code", ["", "\x11", "C-DONE\x1b", "1" * 201])
def test_what_no_label_holds_is_refused(code: str) -> None:
    with pytest.raises(InvalidValue):
        Scan(code, WarehouseId(new_id()))
