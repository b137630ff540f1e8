"""Failed logins and the waits they cause: by account and by address, bounded, and never against whoever is at home (SYS-5)."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import neighbourhood


@attrs.frozen
class WaitRule:
    """`free_tries` failures cost nothing; the last of them and each further one a wait that doubles up to `longest_s`."""

    free_tries: int = attrs.field(validator=limits.between(1, 1_000))
    first_s: int = attrs.field(validator=limits.between(1, 86_400))
    longest_s: int = attrs.field(validator=limits.between(1, 86_400))
    forget_s: int = attrs.field(validator=limits.between(1, 864_000))

    def wait_s(self, failures: int) -> int:
        """The wait after so many failures in a row."""
        beyond = failures - self.free_tries
        return 0 if beyond < 0 else min(self.longest_s, self.first_s * 2 ** min(beyond, 20))


BY_ACCOUNT: Final = WaitRule(free_tries=5, first_s=60, longest_s=900, forget_s=3_600)
BY_ADDRESS: Final = WaitRule(free_tries=20, first_s=60, longest_s=900, forget_s=3_600)


@attrs.frozen
class Tally:
    """The failures counted under one subject; a try counts as failed until it has succeeded."""

    subject: str
    failures: int = 0
    last_at: dt.datetime | None = None
    blocked_until: dt.datetime | None = None

    def blocked_s(self, at: dt.datetime) -> int:
        """For how many more seconds no try is let through; 0 for not at all."""
        if self.blocked_until is None or at >= self.blocked_until:
            return 0
        return -(-(self.blocked_until - at) // dt.timedelta(seconds=1))

    def count(self, at: dt.datetime, rule: WaitRule) -> Tally:
        """One more failure. Failures are forgotten after a quiet time; a try during a wait must not be counted."""
        quiet_since = max((moment for moment in (self.last_at, self.blocked_until) if moment), default=at)
        failures = 1 + (0 if at - quiet_since >= dt.timedelta(seconds=rule.forget_s) else self.failures)
        wait_s = rule.wait_s(failures)
        until = at + dt.timedelta(seconds=wait_s) if wait_s else None
        return attrs.evolve(self, failures=failures, last_at=at, blocked_until=until)

    def take_back(self, rule: WaitRule) -> Tally:
        """Without the failure that turned out to be none."""
        failures = max(0, self.failures - 1)
        return attrs.evolve(self, failures=failures, blocked_until=self.blocked_until if rule.wait_s(failures) else None)

    def clear(self) -> Tally:
        """After a success: nothing is held against the subject any more."""
        return attrs.evolve(self, failures=0, blocked_until=None)


def name_subject(name: str) -> str:
    """All strangers' tries on one login name. Hashed, because people type passwords into the wrong field."""
    return f"name:{_digest(name)}"


def known_subject(name: str, address: str) -> str:
    """The tries on one login name from an address where it has logged in before: a budget that no stranger can use up."""
    return f"known:{_digest(name)}:{neighbourhood(address)}"


def address_subject(address: str) -> str:
    """All tries from one address."""
    return f"address:{neighbourhood(address)}"


def proof_subject(account: UUID) -> str:
    """The tries to prove one's password again from inside a session."""
    return f"proof:{account}"


def rule_of(subject: str) -> WaitRule:
    """The rule under which a subject's tries are counted."""
    return BY_ADDRESS if subject.startswith("address:") else BY_ACCOUNT


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
