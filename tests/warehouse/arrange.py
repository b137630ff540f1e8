"""A small layout for tests, made through use cases; other tests may stand on it."""

from __future__ import annotations

from typing import Any

from houtai.application.office import Office
from houtai.application.printing.configure import AddPrinter, add_printer
from houtai.application.warehouse.locations import DefineLocation, Properties, define_location
from houtai.domain.act import Act
from houtai.domain.ids import LocationId, PrinterId, WarehouseId, new_id
from houtai.domain.printing.layout import Size
from houtai.domain.printing.printer import PrinterConfiguration, PrinterLanguage, Transport
from houtai.domain.warehouse.location import Location, LocationKind


def some_location(
    office: Office,
    act: Act,
    warehouse: WarehouseId,
    path: str = "A-01-01-1",
    kind: LocationKind = LocationKind.STORAGE,
    barcode: str = "",
    **properties: Any,
) -> Location:
    """A place in the warehouse."""
    cmd = DefineLocation(LocationId(new_id()), warehouse, path, barcode, Properties(kind=kind, **properties))
    return office.perform(define_location, cmd, act)


def some_printer(office: Office, act: Act, warehouse: WarehouseId) -> PrinterId:
    """A printer of the warehouse that writes labels into a folder."""
    printer = PrinterId(new_id())
    folder = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, "labels", (Size.MM_100_150,))
    return office.perform(
        add_printer, AddPrinter(printer, f"LABELS-{printer.hex[-6:]}".upper(), "面单机", warehouse, folder), act
    ).id
