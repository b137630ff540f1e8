"""Why an order stands still: what the rules or a person found, who owns it, until when."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.orders.state import OrderState

BY_HAND: Final = "by-hand"
AMOUNT_DIFFERS: Final = "channel-amount-differs"
UNMATCHED_GOODS: Final = "unmatched-goods"
SHORTAGE_OPEN: Final = "shortage-open"
RESERVATION_LAPSED: Final = "reservation-lapsed"


@attrs.frozen
class Finding:
    """One reason to stop: the rule's name, and the numbers or words it saw."""

    rule: str = attrs.field(validator=limits.code)
    text: str = attrs.field(validator=limits.text(1, 500))


@attrs.frozen
class Hold:
    """The stop itself. `queue` owns it and has to decide by `due_at`; past `reserved_until` the goods are free for others.

    `resume` is the state to which it goes back.
    """

    findings: tuple[Finding, ...] = attrs.field(validator=limits.at_most(50, low=1))
    queue: str = attrs.field(validator=limits.code)
    since: dt.datetime = attrs.field(validator=limits.aware)
    due_at: dt.datetime = attrs.field(validator=limits.aware)
    reserved_until: dt.datetime | None
    resume: OrderState

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that stopped it."""
        return tuple(finding.rule for finding in self.findings)

    def without(self, rule: str) -> tuple[Finding, ...]:
        """What remains when this reason is gone."""
        return tuple(finding for finding in self.findings if finding.rule != rule)
