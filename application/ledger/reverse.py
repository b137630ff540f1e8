"""Reversal: a posted journal is taken back by its mirror image, never edited (M3)."""

from __future__ import annotations

import attrs

from houtai.application.ledger.ports import BY_REVERSED, LedgerTx
from houtai.application.ledger.post import MANUAL, post
from houtai.application.permission import needs
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.ids import JournalId
from houtai.domain.ledger.journal import Journal, mirrored
from houtai.domain.ledger.refusals import AlreadyReversed, DocumentOwnsJournal, ReversalStands


@attrs.frozen
class ReverseJournal:
    """Take `journal` back by the new journal `reversal`, in the period of today."""

    journal: JournalId
    reversal: JournalId
    reason: str = attrs.field(validator=limits.text(1, 500))


@needs("ledger.reverse")
def reverse_journal(tx: LedgerTx, cmd: ReverseJournal, act: Act) -> Journal:
    """Reverse a journal that was written by hand. Raises NotFound, AlreadyReversed, ReversalStands and PeriodClosed.

    A document's own journal is refused with DocumentOwnsJournal: it goes back with the document.
    """
    journal = tx.journals.get(cmd.journal)
    if journal.document != MANUAL:
        raise DocumentOwnsJournal(number=journal.number, document=journal.document, key=str(journal.document_id))
    return reverse(tx, cmd.journal, reversal=cmd.reversal, reason=cmd.reason, act=act)


def reverse(tx: LedgerTx, journal_id: JournalId, *, reversal: JournalId, reason: str, act: Act) -> Journal:
    """The same, called by a module that takes its own posting back."""
    journal = tx.journals.get(journal_id)
    if journal.reverses is not None:
        raise ReversalStands(number=journal.number)
    earlier = tx.journals.first(BY_REVERSED, journal_id)
    if earlier is not None and earlier.id != reversal:
        raise AlreadyReversed(number=journal.number, by=earlier.number)
    return post(
        tx,
        id=reversal,
        document=journal.document,
        document_id=journal.document_id,
        entries=mirrored(journal.entries),
        memo=reason,
        act=act,
        reverses=journal.id,
    )
