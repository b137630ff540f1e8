"""The worklist of what no rule can settle: opened by the house, assigned and resolved by people (D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from houtai.application.payments.ports import PaymentsTx
from houtai.application.permission import CHANNEL, needs
from houtai.application.reach import demand_within
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.authority import HOUSE
from houtai.domain.ids import AccountId, CaseId, ChannelId, derive
from houtai.domain.payments.case import PLAYBOOK, Case, CaseKind
from houtai.domain.refusal import InvalidValue, VersionConflict


def open_case(
    tx: PaymentsTx,
    kind: CaseKind,
    *,
    subject: str,
    subject_id: UUID,
    facts: Mapping[str, Any],
    channel_id: ChannelId | None,
    act: Act,
    about: str = "",
) -> Case:
    """Put something on the worklist of a channel (None: of the house), with the owner, next action and due time of its kind.

    Once for each kind, subject and `about`: a second time it is the first one.
    """
    case_id = CaseId(derive(subject_id, "case", kind.value, about))
    existing = tx.cases.find(case_id)
    if existing is not None:
        return existing
    play = PLAYBOOK[kind]
    case = Case(
        id=case_id,
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        queue=play.queue,
        next_action=play.next_action,
        due_at=act.at + dt.timedelta(hours=play.due_hours),
        opened_at=act.at,
        facts=facts,
        channel_id=channel_id,
    )
    tx.cases.add(case)
    write_line(tx, act, "case", case, "opened", before=None)
    return case


def demand_case(case: Case, verb: str, act: Act) -> None:
    """Refuse with NotFound, as if there were no such case, where it lies outside of what the verb reaches."""
    demand_within(act, verb, "case", case.id, channel=case.channel_id or HOUSE)


@attrs.frozen
class AssignCase:
    """Hand a case to a queue, or to a person of it; it is never without an owner, a next action and a due time."""

    case: CaseId
    expected_version: int
    queue: str = attrs.field(validator=limits.code)
    next_action: str = attrs.field(validator=limits.text(1, 500))
    due_at: dt.datetime = attrs.field(validator=limits.aware)
    assignee: AccountId | None = None


@needs("cases.assign", along=(CHANNEL,))
def assign_case(tx: PaymentsTx, cmd: AssignCase, act: Act) -> Case:
    """Give a case to somebody. Raises NotFound, VersionConflict, IllegalMove, and InvalidValue for a due time in the past."""
    if cmd.due_at <= act.at:
        raise InvalidValue(field="due_at", rule="must lie in the future")
    case = _locked(tx, cmd.case, cmd.expected_version, "cases.assign", act)
    assigned = case.assigned(cmd.queue, cmd.assignee, cmd.next_action, cmd.due_at)
    tx.cases.save(assigned)
    details = {"queue": cmd.queue, "assignee": str(cmd.assignee or "")}
    write_line(tx, act, "case", assigned, "assigned", before=case.state, details=details)
    return assigned


@attrs.frozen
class ResolveCase:
    """Settle a case; `resolution` says how."""

    case: CaseId
    expected_version: int
    resolution: str = attrs.field(validator=limits.text(1, 2_000))


@needs("cases.resolve", along=(CHANNEL,))
def resolve_case(tx: PaymentsTx, cmd: ResolveCase, act: Act) -> Case:
    """Close a case with its reason. Raises NotFound, VersionConflict and IllegalMove."""
    case = _locked(tx, cmd.case, cmd.expected_version, "cases.resolve", act)
    resolved = case.resolved(cmd.resolution)
    tx.cases.save(resolved)
    write_line(tx, act, "case", resolved, "resolved", before=case.state, reason=cmd.resolution[:500])
    return resolved


def _locked(tx: PaymentsTx, case_id: CaseId, expected_version: int, verb: str, act: Act) -> Case:
    case = tx.cases.lock_one(case_id)
    demand_case(case, verb, act)
    if case.version != expected_version:
        raise VersionConflict(what="case", key=str(case_id), expected_version=expected_version, current_version=case.version)
    return case
