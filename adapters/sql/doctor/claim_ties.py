"""Checks on what hangs on claims: each has its thread, and the way back under the house's label costs what is booked (C7, C8)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, literal, select, union_all

from houtai.adapters.sql.aftersales import claim_lines, claims
from houtai.adapters.sql.doctor.check import rows, unequal
from houtai.adapters.sql.ledger import entries, journals
from houtai.adapters.sql.shipping import waybills
from houtai.adapters.sql.tickets import tickets
from houtai.domain.ledger.account import AccountCode

_WITHOUT_A_THREAD = select(claims.c.number, claims.c.state).where(
    ~exists().where(tickets.c.subject == "claim", tickets.c.subject_id == claims.c.id)
)
_CAME = exists().where(claim_lines.c.claim_id == claims.c.id, claim_lines.c.received_qty > 0)
_LABELS = unequal(
    union_all(
        select(
            claims.c.id.label("claim_id"),
            waybills.c.currency,
            waybills.c.charge_minor.label("charged_minor"),
            literal(0).label("booked_minor"),
        )
        .join_from(claims, waybills, waybills.c.parcel_id == claims.c.id)
        .where(waybills.c.number == claims.c.waybill, waybills.c.charge_minor.is_not(None), _CAME),
        select(journals.c.document_id, entries.c.currency, literal(0), -entries.c.amount_minor)
        .join_from(entries, journals, journals.c.id == entries.c.journal_id)
        .where(journals.c.document == "claim", entries.c.code == AccountCode.FREIGHT_ACCRUED.value),
    ).subquery("sides"),
    2,
)

CHECKS: Final = (
    rows("C7", "every claim has its thread", _WITHOUT_A_THREAD),
    rows("C8", "what a carrier charges for the way back under the house's label is booked when goods came under it", _LABELS),
)
