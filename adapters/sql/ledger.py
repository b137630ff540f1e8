"""The books on SQL: journals with their entries, periods, balances, and what is read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Lookup
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Table,
    and_,
    case,
    event,
    func,
    select,
    true,
    tuple_,
)

from houtai.adapters.sql.columns import (
    MAX_TOTAL,
    METADATA,
    append_only,
    ddl,
    id_column,
    minor,
    moment,
    one_of,
    version,
    whole_number,
    words,
)
from houtai.adapters.sql.keyset import rows_of_page
from houtai.adapters.sql.mapping import Child, Mapping, Row
from houtai.adapters.sql.totals import Totals
from houtai.application.ledger.ports import (
    BY_DOCUMENT_ID,
    BY_NUMBER,
    BY_REVERSED,
    BY_STATE,
    JOURNALS,
    PERIODS,
    Balance,
    JournalFilter,
    StatementLine,
    TrialLine,
)
from houtai.application.paging import Page, Slice
from houtai.domain.ids import JournalId
from houtai.domain.ledger.account import AccountCode, AccountKey
from houtai.domain.ledger.journal import Entry, Journal
from houtai.domain.ledger.period import Period, PeriodState

journals: Final = append_only(
    Table(
        "journals",
        METADATA,
        id_column("id", primary_key=True),
        words("number", 40, unique=True),
        words("document", 64),
        id_column("document_id", index=True),
        moment("at"),
        words("period", 7),
        words("memo", 500),
        id_column("reverses", ForeignKey("journals.id"), nullable=True, unique=True),
        CheckConstraint("reverses IS NULL OR reverses <> id", name="reverses_another"),
    )
)
Index("ix_journals_at", journals.c.at, journals.c.id)
Index("ix_journals_period", journals.c.period, journals.c.at)

entries: Final = append_only(
    Table(
        "entries",
        METADATA,
        id_column("journal_id", ForeignKey("journals.id"), primary_key=True),
        whole_number("line", 0, 1_000, primary_key=True, autoincrement=False),
        one_of("code", AccountCode),
        words("party", 64),
        words("currency", 3),
        minor("amount_minor"),
        moment("at"),
        CheckConstraint("amount_minor <> 0", name="amount_minor_moves"),
    )
)
Index(
    "ix_entries_account",
    entries.c.code,
    entries.c.party,
    entries.c.currency,
    entries.c.at,
    entries.c.journal_id,
    entries.c.line,
)

periods: Final = Table(
    "periods",
    METADATA,
    words("name", 7, primary_key=True),
    one_of("state", PeriodState, index=True),
    moment("closed_at", nullable=True),
    version(),
    CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_at_when_closed"),
)

balances: Final = Table(
    "balances",
    METADATA,
    one_of("code", AccountCode, primary_key=True),
    words("party", 64, primary_key=True),
    words("currency", 3, primary_key=True),
    whole_number("balance_minor", -MAX_TOTAL, MAX_TOTAL),
)

# Postings do not lock their period's row, or they would all wait for each other. On PostgreSQL a shared advisory lock keeps
# a posting and the closing of its period apart: the posting that comes second is tried again and then sees the closed period.
_GUARDS: Final = {
    "postgresql": [
        """CREATE OR REPLACE FUNCTION houtai_period_takes_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtext('houtai.periods'), hashtext(NEW.period));
        IF EXISTS (SELECT 1 FROM periods WHERE name = NEW.period AND state <> 'open') THEN
            RAISE EXCEPTION 'period %% is not open', NEW.period USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN NEW; END $$""",
        """CREATE TRIGGER journals_open_period BEFORE INSERT ON journals
        FOR EACH ROW EXECUTE FUNCTION houtai_period_takes_journal()""",
        """CREATE OR REPLACE FUNCTION houtai_period_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('houtai.periods'), hashtext(NEW.name));
        RETURN NEW; END $$""",
        """CREATE TRIGGER periods_wait_for_journals BEFORE INSERT OR UPDATE ON periods
        FOR EACH ROW EXECUTE FUNCTION houtai_period_waits()""",
    ],
    "sqlite": [
        """CREATE TRIGGER journals_open_period BEFORE INSERT ON journals
        WHEN EXISTS (SELECT 1 FROM periods WHERE name = NEW.period AND state <> 'open')
        BEGIN SELECT RAISE(ABORT, 'the period is not open'); END""",
    ],
}


periods.add_is_dependent_on(journals)  # so that both tables are there when the triggers are made
for _dialect, _statements in _GUARDS.items():
    for _statement in _statements:
        event.listen(periods, "after_create", ddl(_statement).execute_if(dialect=_dialect))


def _dump_journal(journal: Journal) -> Row:
    return {
        "id": journal.id,
        "number": journal.number,
        "document": journal.document,
        "document_id": journal.document_id,
        "at": journal.at,
        "period": journal.period,
        "memo": journal.memo,
        "reverses": journal.reverses,
    }


def _dump_entries(journal: Journal) -> list[Row]:
    return [
        {
            "journal_id": journal.id,
            "line": line,
            "code": entry.account.code.value,
            "party": entry.account.party,
            "currency": entry.account.currency,
            "amount_minor": entry.amount_minor,
            "at": journal.at,
        }
        for line, entry in enumerate(journal.entries)
    ]


def _load_journal(row: Row, lines: Lookup[str, list[Row]]) -> Journal:
    return Journal(**row, entries=tuple(Entry(_account(line), line["amount_minor"]) for line in lines["entries"]))


def _account(row: Any) -> AccountKey:
    return AccountKey(AccountCode(row["code"]), row["party"], row["currency"])


def _dump_period(period: Period) -> Row:
    return {
        "name": period.name,
        "state": period.state.value,
        "closed_at": period.closed_at,
        "version": period.version,
    }


JOURNAL_MAPPING: Final[Mapping[Journal]] = Mapping(
    JOURNALS,
    journals,
    dump=_dump_journal,
    load=_load_journal,
    found_by={BY_DOCUMENT_ID: ("document_id",), BY_REVERSED: ("reverses",), BY_NUMBER: ("number",)},
    children=(Child(entries, ("journal_id",), _dump_entries, ("line",)),),
)
MAPPINGS: Final[tuple[Mapping[Any], ...]] = (
    JOURNAL_MAPPING,
    Mapping(
        PERIODS,
        periods,
        dump=_dump_period,
        load=lambda row, _: Period(**{**row, "state": PeriodState(row["state"])}),
        found_by={BY_STATE: ("state",)},
    ),
)
TOTALS: Final[dict[str, Totals]] = {
    "balances": Totals(
        "balances",
        balances,
        "balance_minor",
        lambda code, party, currency: AccountKey(AccountCode(code), party, currency),
    ),
}


class LedgerReports:
    """See `LedgerViews`: what is searched and summed."""

    connection: Connection

    def find_balances(
        self, page: Page, *, code: AccountCode | None, parties: frozenset[str] | None, currency: str | None
    ) -> Slice[Balance]:
        """See `LedgerViews.find_balances`."""
        statement = select(balances)
        if code is not None:
            statement = statement.where(balances.c.code == code.value)
        if parties is not None:
            statement = statement.where(balances.c.party.in_(sorted(parties)))
        if currency is not None:
            statement = statement.where(balances.c.currency == currency)
        place = (balances.c.code, balances.c.party, balances.c.currency)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=False)
        found = [Balance(_account(row), AccountCode(row["code"]).kind, row["balance_minor"]) for row in rows]
        return Slice(tuple(found), cursor)

    def find_journals(self, page: Page, where: JournalFilter) -> Slice[Journal]:
        """See `LedgerViews.find_journals`."""
        statement = select(journals).where(_between(journals.c.at, where.since, where.until))
        for column, value in (
            (journals.c.document, where.document),
            (journals.c.document_id, where.document_id),
            (journals.c.period, where.period),
        ):
            if value is not None:
                statement = statement.where(column == value)
        touched = [
            condition
            for condition, value in (
                (entries.c.code == (where.code.value if where.code else ""), where.code),
                (entries.c.party == where.party, where.party),
            )
            if value is not None
        ]
        if touched:
            statement = statement.where(journals.c.id.in_(select(entries.c.journal_id).where(*touched)))
        place = (journals.c.at, journals.c.id)
        rows, cursor = rows_of_page(self.connection, statement, place, page, newest_first=page.newest_first)
        return Slice(tuple(JOURNAL_MAPPING.build(self.connection, rows)), cursor)

    def account_statement(
        self, page: Page, account: AccountKey, *, since: dt.datetime | None, until: dt.datetime | None
    ) -> Slice[StatementLine]:
        """See `LedgerViews.account_statement`."""
        own = and_(
            entries.c.code == account.code.value,
            entries.c.party == account.party,
            entries.c.currency == account.currency,
        )
        lines = (
            select(entries, journals.c.number, journals.c.document, journals.c.document_id, journals.c.memo)
            .join(journals, journals.c.id == entries.c.journal_id)
            .where(own, _between(entries.c.at, since, until))
        )
        place = (entries.c.at, entries.c.journal_id, entries.c.line)
        rows, cursor = rows_of_page(self.connection, lines, place, page, newest_first=False)
        if not rows:
            return Slice(())
        first = tuple(rows[0][column.name] for column in place)
        earlier = select(func.coalesce(func.sum(entries.c.amount_minor), 0)).where(own, tuple_(*place) < first)
        balance = int(self.connection.execute(earlier).scalar_one())
        found = []
        for row in rows:
            balance += row["amount_minor"]
            found.append(_statement_line(row, balance))
        return Slice(tuple(found), cursor)

    def trial_balance(self, *, since: dt.datetime | None, until: dt.datetime | None) -> tuple[TrialLine, ...]:
        """See `LedgerViews.trial_balance`."""
        amount = entries.c.amount_minor
        before = entries.c.at < since if since is not None else ~true()
        statement = (
            select(
                entries.c.code,
                entries.c.currency,
                func.sum(case((before, amount), else_=0)).label("opening"),
                func.sum(case((~before & (amount > 0), amount), else_=0)).label("debit"),
                func.sum(case((~before & (amount < 0), -amount), else_=0)).label("credit"),
            )
            .where(_between(entries.c.at, None, until))
            .group_by(entries.c.code, entries.c.currency)
        )
        lines = [_trial_line(row) for row in self.connection.execute(statement).mappings()]
        return tuple(sorted(lines, key=lambda line: (line.currency, list(AccountCode).index(line.code))))


def _between(column: Any, since: dt.datetime | None, until: dt.datetime | None) -> ColumnElement[bool]:
    conditions = [column >= since] if since is not None else []
    if until is not None:
        conditions.append(column < until)
    return and_(true(), *conditions)


def _statement_line(row: Any, balance: int) -> StatementLine:
    return StatementLine(
        journal_id=JournalId(row["journal_id"]),
        number=row["number"],
        at=row["at"],
        document=row["document"],
        document_id=row["document_id"],
        memo=row["memo"],
        line=row["line"],
        amount_minor=row["amount_minor"],
        balance_after_minor=balance,
    )


def _trial_line(row: Any) -> TrialLine:
    code = AccountCode(row["code"])
    opening, debit, credit = int(row["opening"]), int(row["debit"]), int(row["credit"])
    return TrialLine(code, code.kind, row["currency"], opening, debit, credit, opening + debit - credit)
