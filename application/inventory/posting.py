"""What a change of stock is in the books."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from houtai.application.inventory.ports import InventoryTx
from houtai.application.ledger.post import post
from houtai.domain.act import Act
from houtai.domain.ids import JournalId, derive
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry


def post_change(
    tx: InventoryTx, document_id: UUID, amounts: Mapping[AccountCode, int], act: Act, *, document: str, currency: str
) -> None:
    """Post the journal of a stock document, debits positive; none where no value moved. Raises PeriodClosed."""
    entries = [Entry(AccountKey(code, "", currency), amount) for code, amount in amounts.items() if amount]
    if entries:
        journal = JournalId(derive(document_id, "journal"))
        post(tx, id=journal, document=document, document_id=document_id, entries=entries, memo=document, act=act)
