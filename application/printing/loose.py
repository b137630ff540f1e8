"""A document that is drawn as PDF for whoever asks, and that no printer of the house prints: nothing is kept of it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from houtai.application.plain import to_plain
from houtai.application.printing.ports import Sending
from houtai.domain.authority import HOUSE
from houtai.domain.ids import PrinterId, PrintJobId, WarehouseId
from houtai.domain.printing.documents import Document, kind_of, subject_of
from houtai.domain.printing.job import PrintJob, content_hash
from houtai.domain.printing.layout import Language, usual_layout
from houtai.domain.printing.printer import Printer, PrinterConfiguration, PrinterLanguage, Transport

_NOWHERE: Final = "nowhere"


def loose(document: Document, warehouse_id: WarehouseId, at: dt.datetime, language: Language = Language.CHINESE) -> Sending:
    """What `Press.render` draws: the document in its usual look, on the first of its papers."""
    kind, payload = kind_of(document), to_plain(document)
    layout = usual_layout(kind, language)
    job = PrintJob(
        id=PrintJobId(HOUSE),
        kind=kind,
        subject=subject_of(document),
        language=layout.language,
        size=layout.size,
        template_id=None,
        edition=0,
        printer_id=PrinterId(HOUSE),
        warehouse_id=warehouse_id,
        payload=payload,
        content_hash=content_hash(kind, payload, (None, 0), layout.language, layout.size),
        claim=None,
        requested_by=HOUSE,
        created_at=at,
        expires_at=at,
    )
    paper = PrinterConfiguration(PrinterLanguage.PDF, Transport.FILE, _NOWHERE, (layout.size,))
    return Sending(job, Printer(PrinterId(HOUSE), _NOWHERE, _NOWHERE, warehouse_id, paper), layout)
