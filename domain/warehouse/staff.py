"""Somebody who works in a warehouse: the account behind them, badge and PIN, skills, and where and at what they may work."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import AccountId, StaffId, WarehouseId
from houtai.domain.refusal import InvalidValue
from houtai.domain.warehouse.codes import Prefix, own_code
from houtai.domain.warehouse.station import Flow, Station

MAX_SKILLS: Final = 50
MAX_WAREHOUSES: Final = 100
MIN_PIN: Final = 6
MAX_PIN: Final = 12
_PIN: Final = re.compile(rf"[0-9]{{{MIN_PIN},{MAX_PIN}}}")
_SKILL: Final = re.compile(r"[^\W_][\w.-]{0,39}")
_RUNS: Final = ("01234567890123456789", "98765432109876543210")


def check_pin(pin: str) -> str:
    """A PIN that may be used. Raises InvalidValue for one of another length, of one repeated digit, or that counts up or down."""
    if _PIN.fullmatch(pin) is None:
        raise InvalidValue(field="pin", rule=f"must be {MIN_PIN} to {MAX_PIN} digits")
    if len(set(pin)) < 3 or any(pin in run for run in _RUNS):
        raise InvalidValue(field="pin", rule="must have three different digits at least, and not count up or down")
    return pin


def _skills(_: Any, attribute: attrs.Attribute[Any], skills: Iterable[str]) -> None:
    if any(_SKILL.fullmatch(skill) is None for skill in skills):
        raise InvalidValue(field=attribute.name, rule="must be words of 1 to 40 letters, digits, dots or dashes")


def _each_once(_: Any, attribute: attrs.Attribute[Any], value: tuple[WarehouseId, ...]) -> None:
    if len(set(value)) != len(value):
        raise InvalidValue(field=attribute.name, rule="must name each warehouse once")


@attrs.frozen
class Staff:
    """One person at the stations. What they may do there is what their account may do, as far as flows and warehouses say.

    `valid_until` is excluded; None means without an end. `pin_hash` is empty until a PIN is set, and then nobody can log in.
    """

    id: StaffId
    account_id: AccountId
    badge: str = attrs.field(validator=own_code(Prefix.STAFF))
    flows: frozenset[Flow] = attrs.field(validator=limits.at_most(len(Flow)))
    warehouses: tuple[WarehouseId, ...] = attrs.field(validator=[limits.at_most(MAX_WAREHOUSES, 1), _each_once])
    skills: frozenset[str] = attrs.field(default=frozenset(), validator=[limits.at_most(MAX_SKILLS), _skills])
    valid_from: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))
    valid_until: dt.datetime | None = attrs.field(default=None, validator=attrs.validators.optional(limits.aware))
    pin_hash: str = attrs.field(default="", repr=False)
    state: Standing = Standing.ACTIVE
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if self.valid_from is not None and self.valid_until is not None and self.valid_from >= self.valid_until:
            raise InvalidValue(field="valid_until", rule="must come after valid_from")

    def valid_at(self, at: dt.datetime) -> bool:
        """Whether they work here at that moment."""
        begun = self.valid_from is None or self.valid_from <= at
        return self.state is Standing.ACTIVE and begun and (self.valid_until is None or at < self.valid_until)

    def flows_at(self, station: Station) -> frozenset[Flow]:
        """What they may do at this station: none in a warehouse that is not theirs."""
        return self.flows & station.flows if station.warehouse_id in self.warehouses else frozenset()
