"""A sales channel: a marketplace, a shop of our own, a counter."""

from __future__ import annotations

import enum
from typing import Any

import attrs

from houtai.domain import limits
from houtai.domain.catalog.code import code
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import ChannelId
from houtai.domain.money import Money


class ChannelKind(enum.Enum):
    """Who runs the shop front."""

    MARKETPLACE = "marketplace"  # somebody else: goods are pushed there, orders come from there
    OWN_SHOP = "own-shop"
    COUNTER = "counter"


@attrs.frozen
class ChannelRules:
    """What the channel asks of a listing before it takes it."""

    title_limit: int = attrs.field(default=120, validator=limits.between(1, 200))
    needs_barcode: bool = False
    needs_weight: bool = False
    required_attributes: tuple[str, ...] = attrs.field(default=(), validator=limits.at_most(50))


def _currency(_: Any, __: Any, value: str) -> None:
    Money.zero(value)


@attrs.frozen
class Channel:
    """Where goods are sold, in one currency."""

    id: ChannelId
    code: str = attrs.field(validator=code)
    name: str = attrs.field(validator=limits.text(1, 100))
    currency: str = attrs.field(validator=_currency)
    kind: ChannelKind = ChannelKind.OWN_SHOP
    rules: ChannelRules = ChannelRules()
    state: Standing = Standing.ACTIVE
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether it sells."""
        return self.state is Standing.ACTIVE
