"""On which printer a paper comes out: the station's where somebody scanned, else the warehouse's."""

from __future__ import annotations

from houtai.application.outbound.ports import OutboundTx
from houtai.domain.ids import PrinterId, StationId, WarehouseId
from houtai.domain.printing.documents import DocumentKind
from houtai.domain.printing.printer import Printer, PrinterState


def printer_near(
    tx: OutboundTx, kind: DocumentKind, warehouse_id: WarehouseId, station_id: StationId | None, usual: PrinterId | None
) -> Printer | None:
    """The station's printer for this kind of document, if it is in use; else the warehouse's `usual` one, None for neither."""
    station = None if station_id is None else tx.stations.find(station_id)
    own_id = None if station is None or station.warehouse_id != warehouse_id else station.printers.get(kind.value)
    own = None if own_id is None else tx.printers.find(own_id)
    if own is not None and own.warehouse_id == warehouse_id and own.state is PrinterState.ACTIVE:
        return own
    return None if usual is None else tx.printers.get(usual)
