"""The audit policy: which rules look at a paid order, with their numbers, who owns what they find, and the time limits."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Final, NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.authority import HOUSE
from houtai.domain.ids import ChannelId, derive
from houtai.domain.money import Money
from houtai.domain.refusal import InvalidValue

AuditPolicyId = NewType("AuditPolicyId", UUID)

RULE_NAMES: Final = (
    "buyer-remark",
    "amount-over-threshold",
    "address-incomplete",
    "phone-blacklisted",
    "shortage-open",
    "price-anomaly",
)
"""Every rule, in the order in which they look; the first that finds something says whose queue it is."""


class PolicyState(enum.Enum):
    """A policy is in force from its first version on."""

    IN_FORCE = "in-force"


def _names(rules: Iterable[str]) -> frozenset[str]:
    return frozenset(rules)


def _known(_: object, __: object, rules: frozenset[str]) -> None:
    unknown = sorted(rules - set(RULE_NAMES))
    if unknown:
        raise InvalidValue(field="rules", rule=f"must be of {', '.join(RULE_NAMES)}; {', '.join(unknown)} is not")


def _phones(numbers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({digits_of(number) for number in numbers}))


def digits_of(phone: str) -> str:
    """A phone number as the digits that identify it: no spaces, dashes or country code of China."""
    digits = "".join(sign for sign in phone if sign.isdecimal() and sign.isascii())
    return digits.removeprefix("86") if len(digits) == 13 else digits


@attrs.frozen
class AuditPolicy:
    """What holds for one channel, or with no channel for all that have none of their own. Spans are in the unit of their name.

    `anomaly_percent`: a unit sold for less than this part of its list price is looked at. `hold_hours`: until somebody has
    to decide; `reserve_hours`: how long a stopped order keeps its goods.
    """

    id: AuditPolicyId
    channel_id: ChannelId | None = None
    rules: frozenset[str] = attrs.field(default=frozenset(RULE_NAMES), converter=_names, validator=_known)
    amount_over: Money | None = None
    blocked_phones: tuple[str, ...] = attrs.field(default=(), converter=_phones, validator=limits.at_most(10_000))
    anomaly_percent: int = attrs.field(default=30, validator=limits.between(1, 100))
    payment_minutes: int = attrs.field(default=30, validator=limits.between(1, 60 * 24 * 30))
    merge_minutes: int = attrs.field(default=0, validator=limits.between(0, 60 * 24))
    hold_hours: int = attrs.field(default=24, validator=limits.between(1, 24 * 60))
    reserve_hours: int = attrs.field(default=72, validator=limits.between(1, 24 * 365))
    version: int = 0  # 0: nobody has stored one, this is the house's built-in policy

    @property
    def state(self) -> PolicyState:
        """Always in force."""
        return PolicyState.IN_FORCE

    def expires_at(self, at: dt.datetime) -> dt.datetime:
        """Until when an order placed now waits for its payment."""
        return at + dt.timedelta(minutes=self.payment_minutes)

    def confirm_at(self, at: dt.datetime) -> dt.datetime | None:
        """When the merge window of an order that is through now closes; None for no window."""
        return at + dt.timedelta(minutes=self.merge_minutes) if self.merge_minutes else None


def policy_id(channel_id: ChannelId | None) -> AuditPolicyId:
    """The id of a channel's one policy, or of the house's."""
    return AuditPolicyId(derive(channel_id or HOUSE, "audit-policy"))


def built_in(channel_id: ChannelId | None = None) -> AuditPolicy:
    """What holds before anybody has stored a policy: every rule that needs no number of its own."""
    return AuditPolicy(id=policy_id(channel_id), channel_id=channel_id)
