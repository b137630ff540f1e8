"""One-time codes on an account: set up, confirmed, used once each, with recovery codes for a lost telephone (RFC 6238)."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

import attrs

from houtai.domain.access.refusals import CodesAlreadyOn, CodesNotSetUp, WrongCode

RECOVERY_CODES: Final = 10


@attrs.frozen
class Totp:
    """The sealed secret shared with the account's authenticator; it counts at login once it is confirmed."""

    secret: str
    confirmed_at: dt.datetime | None = None
    last_step: int = 0  # the time step of the last code that was taken: no code goes through twice
    recovery: tuple[str, ...] = ()  # sha256 of each recovery code that is left

    @property
    def on(self) -> bool:
        """Whether login asks for a code."""
        return self.confirmed_at is not None

    def confirm(self, step: int | None, recovery: tuple[str, ...], at: dt.datetime) -> Totp:
        """Switched on by a first right code. Raises CodesAlreadyOn, WrongCode."""
        if self.on:
            raise CodesAlreadyOn
        if step is None:
            raise WrongCode
        return attrs.evolve(self, confirmed_at=at, last_step=step, recovery=recovery)

    def use_step(self, step: int | None) -> Totp | None:
        """After a right code of that time step; None where the code was wrong or its step was used before."""
        return attrs.evolve(self, last_step=step) if step is not None and step > self.last_step else None

    def use_recovery(self, code: str) -> Totp | None:
        """After a recovery code, which is used up by that; None for no such code."""
        digest = recovery_hash(code)
        if digest not in self.recovery:
            return None
        return attrs.evolve(self, recovery=tuple(left for left in self.recovery if left != digest))


def set_up(present: Totp | None, secret: str) -> Totp:
    """A new secret, not yet asked for. Raises CodesAlreadyOn."""
    if present is not None and present.on:
        raise CodesAlreadyOn
    return Totp(secret)


def in_place(totp: Totp | None) -> Totp:
    """The codes as set up. Raises CodesNotSetUp."""
    if totp is None:
        raise CodesNotSetUp
    return totp


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; spaces, dashes and case do not matter. The code itself has 80 random bits."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
