"""Which printers a warehouse prints on: its own, and no other's."""

from __future__ import annotations

from houtai.application.printing.ports import PrintingTx
from houtai.domain.ids import PrinterId, WarehouseId
from houtai.domain.printing.printer import Printer
from houtai.domain.refusal import NotFound


def printer_in(tx: PrintingTx, warehouse_id: WarehouseId, printer_id: PrinterId) -> Printer:
    """The printer that somebody named. Raises NotFound, also for one that stands in another warehouse."""
    printer = tx.printers.get(printer_id)
    if printer.warehouse_id != warehouse_id:
        raise NotFound(what="printer", key=str(printer_id))
    return printer
