"""The operation log and the login log over HTTP, the proof that nobody touched them, and who saw whom in full."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from msgspec import Meta

from houtai.application.access.operation_log import ListLog, VerifyAudit, list_log, verify_audit
from houtai.application.access.ports import LogFilter
from houtai.application.audit import Category, SealedEntry
from houtai.application.disclosures import Disclosed, Disclosure
from houtai.application.who_saw import ListDisclosures, list_disclosures
from houtai.entrypoints.http import wire
from houtai.entrypoints.http.desk import Desk
from houtai.entrypoints.http.routes import Routes

ROUTES = Routes("operation log", "Who did what, when and from where, as one chain of hashes.")


class LogQuery(wire.PageQuery):
    """Which entries of the operation log; the login log is the category `login`."""

    actor: wire.Id | None = None
    deed: wire.Line | None = None
    category: Category | None = None
    outcome: wire.Line | None = None
    since: wire.Moment | None = None
    until: wire.Moment | None = None


class LogOut(wire.Wire):
    """One entry of the operation log; `command` is what was asked for and `changes` what became of it, secrets left out."""

    seq: int
    category: Category
    at: dt.datetime
    actor: wire.Id
    actor_name: str
    on_behalf_of: wire.Id | None
    entry: str
    address: str
    agent: str
    deed: str
    outcome: str
    reason: str
    correlation: wire.Id | None
    command: dict[str, Any]
    changes: list[dict[str, Any]]
    hash: str


def _log_out(sealed: SealedEntry) -> LogOut:
    entry = sealed.entry
    return LogOut(
        seq=sealed.seq,
        category=entry.category,
        at=entry.at,
        actor=entry.actor,
        actor_name=entry.actor_name,
        on_behalf_of=entry.on_behalf_of,
        entry=entry.entry,
        address=entry.address,
        agent=entry.agent,
        deed=entry.deed,
        outcome=entry.outcome,
        reason=entry.reason,
        correlation=entry.correlation,
        command=dict(entry.command),
        changes=list(entry.changes),
        hash=sealed.hash,
    )


@ROUTES.get("/operation-log", list_log)
def get_operation_log(desk: Desk, query: LogQuery) -> wire.Listed[LogOut]:
    """List the operation log, newest first."""
    wanted = LogFilter(query.actor, query.deed, query.category, query.outcome, query.since, query.until)
    return wire.listed(desk.ask(list_log, ListLog(wanted, query.page())), _log_out)


class VerdictQuery(wire.Wire, kw_only=True):
    """A head of the log that was noted outside of the database, if any."""

    known_seq: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    known_hash: Annotated[str, Meta(max_length=64, pattern="^([0-9a-f]{64})?$")] = ""


class VerdictOut(wire.Wire):
    """How far the log reaches, its last hash, and the first row that does not fit."""

    ok: bool
    rows: int
    head_hash: str
    broken_seq: int | None
    broken: str


@ROUTES.get("/operation-log/verdict", verify_audit)
def get_operation_log_verdict(desk: Desk, query: VerdictQuery) -> VerdictOut:
    """Prove the operation log whole, or name the first row that somebody touched."""
    found = desk.ask(verify_audit, VerifyAudit(query.known_seq, query.known_hash))
    broken = found.broken
    return VerdictOut(found.ok, found.rows, found.head_hash, broken.seq if broken else None, broken.what if broken else "")


class DisclosureQuery(wire.PageQuery):
    """Whose data was shown (the customer or the order), or who was shown it; both together if both are given."""

    record_id: wire.Id | None = None
    actor: wire.Id | None = None


class DisclosureOut(wire.Wire):
    """One look at a person in full, or one list that left as a file (no `record_id`): who, when, why; never what was seen."""

    id: wire.Id
    how: Disclosed
    what: str
    record_id: wire.Id | None
    reason: str
    at: dt.datetime
    actor: wire.Id
    actor_name: str


@ROUTES.get("/disclosures", list_disclosures)
def get_disclosures(desk: Desk, query: DisclosureQuery) -> wire.Listed[DisclosureOut]:
    """List who was shown a person in full or took a list away, newest first."""
    return wire.listed(desk.ask(list_disclosures, ListDisclosures(query.record_id, query.actor, query.page())), _disclosure_out)


def _disclosure_out(disclosure: Disclosure) -> DisclosureOut:
    return DisclosureOut(
        id=disclosure.id,
        how=disclosure.how,
        what=disclosure.what,
        record_id=disclosure.record_id,
        reason=disclosure.reason,
        at=disclosure.at,
        actor=disclosure.actor,
        actor_name=disclosure.actor_name,
    )
