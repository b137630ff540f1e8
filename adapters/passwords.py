"""Passwords hashed with argon2id, at most a few at a time so that a crowd at the door does not eat the memory."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """See the port `PasswordHasher`. The settings are the second choice of RFC 9106: 64 MiB, three passes."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65_536, lanes: int = 4, at_once: int = 4) -> None:
        """Weaker settings are for tests; `at_once` bounds the memory to `at_once` times `memory_kib`."""
        self._argon2 = PasswordHasher(time_cost, memory_kib, lanes, type=Type.ID)
        self._turns = threading.BoundedSemaphore(at_once)

    def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        with self._turns:
            return self._argon2.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        with self._turns:
            try:
                return self._argon2.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, hashed: str) -> bool:
        """See `PasswordHasher.outdated`."""
        return self._argon2.check_needs_rehash(hashed)
