"""Lines of the login log that belong to no use case: tries that were refused before anything happened."""

from __future__ import annotations

from uuid import UUID

from houtai.application.audit import AuditEntry, Category
from houtai.domain.access.account import Account
from houtai.domain.act import NOBODY, Act


def login_entry(deed: str, act: Act, account: Account | None, outcome: str, why: str = "") -> AuditEntry:
    """A line of the login log. A name that no account has is left out: it may be somebody's password."""
    actor: UUID = account.id if account is not None else NOBODY
    return AuditEntry(
        category=Category.LOGIN,
        at=act.at,
        actor=actor,
        actor_name=account.name if account is not None else "",
        on_behalf_of=None,
        entry=act.origin.entry.value,
        address=act.origin.address,
        agent=act.origin.agent,
        deed=deed,
        outcome=outcome,
        reason=why,
        correlation=act.correlation,
        command={},
    )
