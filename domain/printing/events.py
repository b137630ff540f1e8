"""What printing announces of its jobs; who has to see to them is decided above."""

from __future__ import annotations

import attrs

from houtai.domain.event import Event
from houtai.domain.ids import PrinterId, PrintJobId, WarehouseId


@attrs.frozen
class PrintStuck(Event):
    """A job failed, or may be on paper in part; `document` is its kind, `error` what the printer said."""

    job_id: PrintJobId
    warehouse_id: WarehouseId
    printer_id: PrinterId
    document: str
    subject: str
    state: str
    error: str


@attrs.frozen
class PrintSeenTo(Event):
    """Somebody resumed, settled, reprinted or cancelled a job that was stuck."""

    job_id: PrintJobId
