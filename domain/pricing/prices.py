"""What a SKU costs: list, channel and member prices with their time of validity, and the floor under them."""

from __future__ import annotations

import datetime as dt
import enum
from typing import NewType
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.ids import ChannelId, SkuId, derive
from houtai.domain.money import MAX_MINOR
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.domain.refusal import InvalidValue

PriceSheetId = NewType("PriceSheetId", UUID)
PriceChangeId = NewType("PriceChangeId", UUID)

MAX_PRICES = 500
_price = limits.between(0, MAX_MINOR)


def _later(instance: Price, _: object, value: dt.datetime | None) -> None:
    if value is not None:
        limits.aware(instance, attrs.fields(Price).valid_until, value)
        if value <= instance.valid_from:
            raise InvalidValue(field="valid_until", rule="must lie after valid_from")


@attrs.frozen
class Price:
    """One unit's price. No channel means every channel, no level every buyer: the plain one is the list price.

    Of several prices for the same channel, level and currency one with an end comes before one without; then the one that
    began last, then the shortest.
    `below_floor` marks a price that somebody with authority set under the floor.
    """

    currency: str
    amount_minor: int = attrs.field(validator=_price)
    valid_from: dt.datetime = attrs.field(validator=limits.aware)
    valid_until: dt.datetime | None = attrs.field(default=None, validator=_later)
    channel_id: ChannelId | None = None
    level: str = attrs.field(default="", validator=limits.text(0, 64))
    below_floor: bool = False

    @property
    def place(self) -> tuple[str, ChannelId | None, str]:
        """What it is the price for."""
        return self.currency, self.channel_id, self.level

    @property
    def slot(self) -> tuple[object, ...]:
        """Its place and time: a sheet holds one price in each."""
        return *self.place, self.valid_from, self.valid_until

    @property
    def precedence(self) -> tuple[bool, dt.datetime, dt.timedelta]:
        """The greater of two that are both valid comes first."""
        timed = self.valid_until is not None
        return timed, self.valid_from, self.valid_from - (self.valid_until or self.valid_from)

    def valid_at(self, at: dt.datetime) -> bool:
        """Whether `at` lies in its time (from included, until excluded)."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@attrs.frozen
class Floor:
    """What one unit must bring in at least."""

    currency: str
    amount_minor: int = attrs.field(validator=_price)


class SheetState(enum.Enum):
    """A price sheet is in force from its first price on."""

    IN_FORCE = "in-force"


@attrs.frozen
class PriceSheet:
    """All present and coming prices of one SKU, with its floors."""

    id: PriceSheetId
    sku_id: SkuId
    prices: tuple[Price, ...] = attrs.field(default=(), validator=limits.at_most(MAX_PRICES))
    floors: tuple[Floor, ...] = ()
    version: int = 1

    @property
    def state(self) -> SheetState:
        """Always in force."""
        return SheetState.IN_FORCE

    def floor_minor(self, currency: str) -> int | None:
        """The floor in this currency, if there is one."""
        return next((floor.amount_minor for floor in self.floors if floor.currency == currency), None)

    def in_force(self, currency: str, channel_id: ChannelId | None, level: str, at: dt.datetime) -> Price | None:
        """The price in force for exactly this channel and level."""
        valid = [price for price in self.prices if price.place == (currency, channel_id, level) and price.valid_at(at)]
        return max(valid, key=lambda price: price.precedence, default=None)


@attrs.frozen
class UnitPrice:
    """How one unit's price comes about: list, then channel, then member. `floor_minor` already honours authorised exceptions."""

    list_minor: int | None
    channel_minor: int  # what everybody pays on the channel
    unit_minor: int  # what this buyer pays
    floor_minor: int | None = None


@attrs.frozen
class PriceChange:
    """One edit of a sheet, kept for ever. An amount is None where there was, or is, no such price; `level` as in Price.

    `what` is "price", "withdrawn" or "floor".
    """

    id: PriceChangeId
    sku_id: SkuId
    version: int
    what: str
    currency: str
    channel_id: ChannelId | None
    level: str
    before_minor: int | None
    after_minor: int | None
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    at: dt.datetime
    actor: UUID
    reason: str


def sheet_id(sku_id: SkuId) -> PriceSheetId:
    """The id of a SKU's one price sheet."""
    return PriceSheetId(derive(sku_id, "price-sheet"))


def unit_price(sheet: PriceSheet, currency: str, channel_id: ChannelId, level: str, at: dt.datetime) -> UnitPrice | None:
    """What one unit costs this buyer here and now, None where it has no price.

    The channel's price comes before the list price, and a member's before both where it is lower: a member never pays more.
    """
    listed = sheet.in_force(currency, None, "", at)
    base = sheet.in_force(currency, channel_id, "", at) or listed
    member = None
    if level:
        member = sheet.in_force(currency, channel_id, level, at) or sheet.in_force(currency, None, level, at)
    if base is None and member is None:
        return None
    everyone = base or member
    chosen = min((price for price in (base, member) if price), key=lambda price: price.amount_minor)
    floor = sheet.floor_minor(currency)
    if floor is not None and chosen.below_floor:
        floor = min(floor, chosen.amount_minor)
    return UnitPrice(
        list_minor=listed.amount_minor if listed else None,
        channel_minor=everyone.amount_minor if everyone else chosen.amount_minor,
        unit_minor=chosen.amount_minor,
        floor_minor=floor,
    )


def with_price(sheet: PriceSheet, price: Price, sku_code: str, at: dt.datetime) -> PriceSheet:
    """The sheet with one more price; what nothing can return to any more is dropped from it (the changes keep it).

    Raises PriceBelowFloor unless the price is marked as allowed below it, InvalidValue where it begins in the past.
    """
    floor = sheet.floor_minor(price.currency)
    if floor is not None and price.amount_minor < floor and not price.below_floor:
        raise PriceBelowFloor(sku_code=sku_code, unit_minor=price.amount_minor, floor_minor=floor, currency=price.currency)
    if price.valid_from < at:
        raise InvalidValue(field="valid_from", rule="must not lie in the past")
    kept = [old for old in sheet.prices if old.slot != price.slot]
    return attrs.evolve(sheet, prices=_living((*kept, price), at), version=sheet.version + 1)


def without_price(sheet: PriceSheet, gone: Price, at: dt.datetime) -> PriceSheet:
    """The sheet without one of its prices."""
    kept = tuple(price for price in sheet.prices if price.slot != gone.slot)
    return attrs.evolve(sheet, prices=_living(kept, at), version=sheet.version + 1)


def with_floor(sheet: PriceSheet, currency: str, amount_minor: int | None, sku_code: str, at: dt.datetime) -> PriceSheet:
    """The sheet with another floor, or none. Raises PriceBelowFloor where a price in force or to come lies under it."""
    for price in sheet.prices if amount_minor is not None else ():
        under = amount_minor is not None and price.amount_minor < amount_minor and not price.below_floor
        if under and price.currency == currency and (price.valid_until is None or price.valid_until > at):
            raise PriceBelowFloor(
                sku_code=sku_code, unit_minor=price.amount_minor, floor_minor=amount_minor or 0, currency=currency
            )
    others = tuple(floor for floor in sheet.floors if floor.currency != currency)
    added = () if amount_minor is None else (Floor(currency, amount_minor),)
    floors = tuple(sorted((*others, *added), key=lambda floor: floor.currency))
    return attrs.evolve(sheet, floors=floors, version=sheet.version + 1)


def _living(prices: tuple[Price, ...], at: dt.datetime) -> tuple[Price, ...]:
    """Those that are or can come in force: not over, and if open-ended not behind a later such one that has begun."""
    newest: dict[tuple[str, ChannelId | None, str], dt.datetime] = {}
    for price in prices:
        if price.valid_until is None and price.valid_from <= at:
            newest[price.place] = max(newest.get(price.place, price.valid_from), price.valid_from)
    living = [
        price
        for price in prices
        if (
            price.valid_from >= newest.get(price.place, price.valid_from) if price.valid_until is None else price.valid_until > at
        )
    ]
    return tuple(sorted(living, key=_order))


def _order(price: Price) -> tuple[object, ...]:
    return price.currency, str(price.channel_id or ""), price.level, price.precedence
