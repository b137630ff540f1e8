"""The label of what came back: the number of a claim, or of a parcel of nobody, to stick on the goods at the station."""

from __future__ import annotations

from uuid import UUID

import attrs

from houtai.application.aftersales.ports import AftersalesTx
from houtai.application.aftersales.returns import RECEIVE
from houtai.application.inventory.scope import demand_at
from houtai.application.outbound.printers import printer_near
from houtai.application.permission import MERCHANT, WAREHOUSE, needs
from houtai.application.printing.request import RequestPrint, queue_print
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import PrintJobId, WarehouseId
from houtai.domain.printing.documents import DocumentKind, HandlingUnitLabel
from houtai.domain.printing.job import PrintJob

RETURNED = "退货待检"
NOBODYS = "无主退货"


@attrs.frozen
class LabelReturn:
    """What stands on it, and the scan that it is printed for: each scan prints once."""

    scan: UUID
    warehouse: WarehouseId
    number: str = attrs.field(validator=limits.code)
    kind: str = attrs.field(validator=limits.text(1, 40))
    contents: str = attrs.field(default="", validator=limits.text(0, 200))


@needs(RECEIVE, along=(WAREHOUSE, MERCHANT))
def label_return(tx: AftersalesTx, cmd: LabelReturn, act: Act) -> PrintJob | None:
    """Queued on the station's printer for labels of handling units; nothing where it has none. Raises PrinterCannot."""
    warehouse = tx.warehouses.get(cmd.warehouse)
    demand_at(act, RECEIVE, warehouse)
    printer = printer_near(tx, DocumentKind.HANDLING_UNIT_LABEL, warehouse.id, act.origin.station, None)
    if printer is None:
        return None
    label = HandlingUnitLabel(lpn=cmd.number, kind=cmd.kind, warehouse=warehouse.name, contents=cmd.contents)
    wish = RequestPrint(job=PrintJobId(cmd.scan), printer=printer.id, document=label, station=act.origin.station)
    return queue_print(tx, wish, printer, act)
