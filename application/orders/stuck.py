"""Prints and waybill numbers that nobody sees to by itself: a case each for whoever does, closed as soon as somebody did (D7)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from houtai.application.orders.ports import OrdersTx
from houtai.application.payments.cases import open_case
from houtai.application.payments.ports import CASES_ABOUT
from houtai.application.timeline import write_line
from houtai.domain.act import Act
from houtai.domain.payments.case import CaseKind, CaseState
from houtai.domain.printing.events import PrintSeenTo, PrintStuck
from houtai.domain.shipping.events import PoolFilled, PoolRefused


def on_numbers_refused(tx: OrdersTx, event: PoolRefused, act: Act) -> None:
    """Somebody has to ask the carrier: its numbers run out, and then its parcels go with others or not at all."""
    facts = {"carrier": event.carrier, "block": event.block, "free_qty": event.free_qty}
    if not _open(tx, event.pool_id, CaseKind.NUMBERS_REFUSED):
        _tell(tx, CaseKind.NUMBERS_REFUSED, "waybill-pool", event.pool_id, facts, f"block {event.block}", act)


def on_numbers_came(tx: OrdersTx, event: PoolFilled, act: Act) -> None:
    """Numbers are there again, or nobody wants them: nobody has to ask."""
    _close(tx, event.pool_id, CaseKind.NUMBERS_REFUSED, "numbers came in, or the stock of them is used no more", act)


def on_print_stuck(tx: OrdersTx, event: PrintStuck, act: Act) -> None:
    """The station was told; where nobody sees to it there, whoever works through the cases does."""
    facts = {"document": event.document, "subject": event.subject, "state": event.state, "error": event.error}
    facts |= {"printer": str(event.printer_id), "warehouse": str(event.warehouse_id)}
    if not _open(tx, event.job_id, CaseKind.PRINT_STUCK):
        _tell(tx, CaseKind.PRINT_STUCK, "print-job", event.job_id, facts, act.at.isoformat(), act)


def on_print_seen_to(tx: OrdersTx, event: PrintSeenTo, act: Act) -> None:
    """Somebody resumed, settled, reprinted or cancelled it."""
    _close(tx, event.job_id, CaseKind.PRINT_STUCK, "somebody saw to the print", act)


def _tell(
    tx: OrdersTx, kind: CaseKind, subject: str, subject_id: UUID, facts: Mapping[str, object], about: str, act: Act
) -> None:
    open_case(tx, kind, subject=subject, subject_id=subject_id, facts=facts, channel_id=None, act=act, about=about)


def _open(tx: OrdersTx, subject_id: UUID, kind: CaseKind) -> bool:
    """Whether somebody is on it already."""
    return any(case.kind is kind and case.state is CaseState.OPEN for case in tx.cases.by(CASES_ABOUT, subject_id))


def _close(tx: OrdersTx, subject_id: UUID, kind: CaseKind, resolution: str, act: Act) -> None:
    waiting = [case.id for case in tx.cases.by(CASES_ABOUT, subject_id) if case.kind is kind]
    for case in tx.cases.lock(waiting).values() if waiting else ():
        if case.state is CaseState.OPEN:
            resolved = case.resolved(resolution)
            tx.cases.save(resolved)
            write_line(tx, act, "case", resolved, "resolved", before=case.state)
