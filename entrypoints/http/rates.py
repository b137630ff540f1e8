"""How often one address, one account, one API key may ask: token buckets in a megabyte, whoever comes and however many."""

from __future__ import annotations

import secrets
import threading
import time
from array import array
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import neighbourhood
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.http.problems import Problem
from houtai.entrypoints.http.routes import Route

OFF: Final = "off"
SLOTS: Final = 65_536
_SECOND_NS: Final = 1_000_000_000


@attrs.frozen
class Rate:
    """So many requests a minute, and so many at once after a pause."""

    a_minute: int = attrs.field(validator=limits.between(1, 10_000_000))
    at_once: int = attrs.field(validator=limits.between(1, 1_000_000))

    interval_ns: int = attrs.field(init=False)  # one request's share of the time
    slack_ns: int = attrs.field(init=False)  # how far ahead of it one may be

    @interval_ns.default
    def _interval(self) -> int:
        return 60 * _SECOND_NS // max(1, self.a_minute)

    @slack_ns.default
    def _slack(self) -> int:
        return self.interval_ns * (self.at_once - 1)


# An API key gets half of what its account gets, so that a program that runs away leaves its owner the other half.
RATES: Final[Mapping[str, Rate]] = {
    "address": Rate(60_000, 2_000),  # everything from one address: an office, a warehouse, a provider's callbacks
    "login": Rate(60, 60),  # logins and unlocked stations from one address, before a password or a PIN costs a slow hash
    "read": Rate(12_000, 2_000),
    "write": Rate(6_000, 1_000),
    "dear": Rate(120, 60),  # files in and out, and what looks through everything
    "reveal": Rate(60, 30),  # persons in full
    "key-read": Rate(6_000, 1_000),
    "key-write": Rate(3_000, 500),
    "key-dear": Rate(60, 30),
    "key-reveal": Rate(30, 15),
}
LOGINS: Final = frozenset({"post_login", "post_shift", "post_own_shift_unlock"})  # what hashes a password or a PIN
DEAR: Final = frozenset({"get_operation_log_verdict", "get_trial_balance", "get_account_statement", "post_who_can"})


def rates_of(text: str) -> Mapping[str, Rate]:
    """The rates with what the text changes: ``write=600/100 dear=off``; ``off`` alone for none at all. Raises InvalidValue."""
    if text == OFF:
        return {}
    rates = dict(RATES)
    for part in text.replace(",", " ").split():
        name, _, said = part.partition("=")
        if name not in RATES:
            raise InvalidValue(field="HOUTAI_RATES", rule=f"{name[:40]!r} is none of {', '.join(RATES)}")
        if said == OFF:
            rates.pop(name, None)
            continue
        a_minute, slash, at_once = said.partition("/")
        if not (slash and a_minute.isascii() and a_minute.isdecimal() and at_once.isascii() and at_once.isdecimal()):
            raise InvalidValue(field="HOUTAI_RATES", rule=f"{name} must be written {name}=A_MINUTE/AT_ONCE or {name}=off")
        rates[name] = Rate(int(a_minute), int(at_once))
    return rates


def kind_of(route: Route) -> str:
    """Which of the rates of accounts and keys a route spends."""
    if route.verb is not None and route.verb.endswith(".reveal"):
        return "reveal"
    if route.produces or route.takes == "file" or route.name in DEAR:
        return "dear"
    return "read" if route.method == "GET" else "write"


class Buckets:
    """Full buckets for everybody, in two rows of slots; safe to share between threads.

    A subject's bucket is the fuller one of its two slots, chosen by a hash that differs in every process. Two subjects hinder
    each other only where both slots are shared with somebody who is over the rate; nobody's arrival makes room or takes memory.
    """

    def __init__(self, *, slots: int = SLOTS, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        """`slots` for each row, a power of two."""
        assert slots & (slots - 1) == 0, "a power of two"
        self._mask = slots - 1
        self._shift = slots.bit_length() - 1
        # When the bucket of a slot is full again (the generic cell rate algorithm): all that has to be known of it.
        self._one, self._other = array("q", bytes(8 * slots)), array("q", bytes(8 * slots))
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._salt = secrets.randbits(60)

    def spend(self, rate: Rate, subject: tuple[str, str | int]) -> int:
        """Take one request out of the subject's bucket: 0, or for how many seconds it is empty, and then nothing is taken."""
        mixed = hash((self._salt, subject))
        first, second = mixed & self._mask, (mixed >> self._shift) & self._mask
        with self._lock:
            now = self._clock_ns()
            one, other = self._one[first], self._other[second]
            full_at = one if one < other else other  # noqa: FURB136  # min() and max() are half of the time
            if full_at < now:  # noqa: PLR1730
                full_at = now
            over = full_at - now - rate.slack_ns
            if over > 0:
                return -(-over // _SECOND_NS)
            full_at += rate.interval_ns
            if one < full_at:
                self._one[first] = full_at
            if other < full_at:
                self._other[second] = full_at
        return 0


class Gate:
    """The limits of one process at its routes."""

    def __init__(self, rates: Mapping[str, Rate], buckets: Buckets | None = None) -> None:
        """Without rates everybody goes through."""
        self._rates = rates
        self._buckets = buckets or Buckets()
        self._kinds: dict[str, str] = {}

    def pass_address(self, route: Route, address: str) -> None:
        """Before anything of the request is looked at. Raises Problem (429)."""
        if not self._rates:
            return
        subject = neighbourhood(address) if ":" in address else address
        self._spend("address", subject)
        if route.name in LOGINS:
            self._spend("login", subject)

    def pass_caller(self, route: Route, account: UUID, key: str) -> None:
        """Once it is known who asks, before their rights are; `key` is the API key's prefix, or empty. Raises Problem (429)."""
        if not self._rates:
            return
        kind = self._kinds.get(route.name)
        if kind is None:
            kind = self._kinds[route.name] = kind_of(route)
        if key:
            self._spend(f"key-{kind}", key)
        self._spend(kind, account.int)

    def _spend(self, name: str, subject: str | int) -> None:
        rate = self._rates.get(name)
        if rate is None:
            return
        wait_s = self._buckets.spend(rate, (name, subject))
        if wait_s:
            members = {"limit": name, "a_minute": rate.a_minute, "retry_after_s": wait_s}
            raise Problem("too-many-requests", members=members, headers={"retry-after": str(wait_s)})
