"""How the books say no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class Unbalanced(Refusal):
    """Debits and credits of one currency differ (M1)."""

    code = "ledger.unbalanced"
    kind = Kind.INVALID
    text = "the entries in {currency} are off by {difference_minor}"

    currency: str
    difference_minor: int


@attrs.define(eq=False, slots=False)
class ExchangeMissing(Refusal):
    """A journal of several currencies has one that does not pass through the exchange account (M12)."""

    code = "ledger.exchange-missing"
    kind = Kind.INVALID
    text = "the entries in {currency} do not pass through the exchange account"

    currency: str


@attrs.define(eq=False, slots=False)
class PeriodClosed(Refusal):
    """The period is closed; a correction goes into the current one (M15)."""

    code = "ledger.period-closed"
    kind = Kind.CONFLICT
    text = "period {period} is {state}; post into the current one"

    period: str
    state: str


@attrs.define(eq=False, slots=False)
class PeriodNotOver(Refusal):
    """A period is closed after its last day, not before."""

    code = "ledger.period-not-over"
    kind = Kind.CONFLICT
    text = "period {period} is not over yet; it is {current} now"

    period: str
    current: str


@attrs.define(eq=False, slots=False)
class EarlierPeriodOpen(Refusal):
    """Periods are closed in their order."""

    code = "ledger.earlier-period-open"
    kind = Kind.CONFLICT
    text = "period {earlier} has to be closed before {period}"

    period: str
    earlier: str


@attrs.define(eq=False, slots=False)
class LaterPeriodClosed(Refusal):
    """A period is opened again only while none after it is closed."""

    code = "ledger.later-period-closed"
    kind = Kind.CONFLICT
    text = "period {later} is closed; open it before {period}"

    period: str
    later: str


@attrs.define(eq=False, slots=False)
class JournalDiffers(Refusal):
    """The journal's id is taken by one with other entries: the books are not edited."""

    code = "ledger.journal-differs"
    kind = Kind.CONFLICT
    text = "journal {number} exists with other entries; reverse it instead"

    number: str


@attrs.define(eq=False, slots=False)
class AlreadyReversed(Refusal):
    """A journal is reversed once at most."""

    code = "ledger.already-reversed"
    kind = Kind.CONFLICT
    text = "journal {number} was reversed by {by}"

    number: str
    by: str


@attrs.define(eq=False, slots=False)
class ReversalStands(Refusal):
    """A reversal is not reversed: post the journal anew."""

    code = "ledger.reversal-stands"
    kind = Kind.CONFLICT
    text = "journal {number} is itself a reversal; post a new journal instead"

    number: str


@attrs.define(eq=False, slots=False)
class DocumentOwnsJournal(Refusal):
    """A document's journal goes back with its document, so that books and document keep telling the same."""

    code = "ledger.document-owns-journal"
    kind = Kind.CONFLICT
    text = "journal {number} belongs to {document} {key}; take that back instead"

    number: str
    document: str
    key: str
