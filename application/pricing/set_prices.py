"""Set, withdraw and bound prices. Every edit is a version of the SKU's sheet and a row of its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.pricing.book import BELOW_FLOOR
from houtai.application.pricing.ports import PricingTx
from houtai.application.pricing.reach import demand_sku
from houtai.application.pricing.tell import listings_of, tell, tell_when_due
from houtai.application.timeline import write_line
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.catalog.listing import Listing
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import ChannelId, SkuId, derive
from houtai.domain.money import Money
from houtai.domain.pricing.prices import (
    Price,
    PriceChange,
    PriceChangeId,
    PriceSheet,
    SheetState,
    sheet_id,
    with_floor,
    with_price,
    without_price,
)
from houtai.domain.refusal import CurrencyMismatch, NotFound, VersionConflict

PRICES = "pricing.prices"
FLOORS = "pricing.floors"
MAX_ENTRIES = 1_000


@attrs.frozen
class SetPrice:
    """One price: from now on where `valid_from` is None, for ever where `valid_until` is. See Price for channel and level.

    A price under the floor needs a reason and the verb ``pricing.below-floor``. `expected_version` is that of the sheet, 0 for
    none yet; None sets the price whatever else has changed.
    """

    sku: SkuId
    amount_minor: int
    currency: str
    channel: ChannelId | None = None
    level: str = ""
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    below_floor_reason: str = attrs.field(default="", validator=limits.text(0, 200))
    expected_version: int | None = None


@attrs.frozen
class SetPrices:
    """Many prices, all or none."""

    prices: tuple[SetPrice, ...] = attrs.field(validator=limits.at_most(MAX_ENTRIES, low=1))


@attrs.frozen
class WithdrawPrice:
    """Take back the price that stands there from then until then; what it stood above is in force again."""

    sku: SkuId
    expected_version: int
    currency: str
    valid_from: dt.datetime
    valid_until: dt.datetime | None = None
    channel: ChannelId | None = None
    level: str = ""


@attrs.frozen
class SetFloor:
    """The least that one unit may be sold for; None for no such bound."""

    sku: SkuId
    currency: str
    amount_minor: int | None
    expected_version: int | None = None


@needs(PRICES, along=(CHANNEL, MERCHANT))
def set_prices(tx: PricingTx, cmd: SetPrices, act: Act) -> tuple[PriceSheet, ...]:
    """Set all of them, and tell the channels that show these SKUs: now where they are in force, else when they begin and end.

    Raises PriceBelowFloor, NotFound, CurrencyMismatch with the channel, InvalidValue, VersionConflict.
    """
    skus, listings, sheets = _opened(tx, (one.sku for one in cmd.prices))
    known = set(sheets)
    channels = tx.channels.many({one.channel for one in cmd.prices if one.channel is not None})
    changes: list[tuple[PriceSheet, PriceChange]] = []
    prices: list[Price] = []
    for one in cmd.prices:
        sku, sheet = skus[one.sku], sheets.get(one.sku) or _new(one.sku)
        demand_sku(act, PRICES, sku, one.channel)
        _check_version(sheet, one.expected_version)
        if one.channel is not None:
            channel = channels.get(one.channel)
            if channel is None:
                raise NotFound(what="channel", key=str(one.channel))
            if channel.currency != one.currency:
                raise CurrencyMismatch(left=one.currency, right=channel.currency)
        price = _price(sheet, one, sku, act)
        before = sheet.in_force(price.currency, price.channel_id, price.level, price.valid_from)
        after = with_price(sheet, price, sku.code, act.at)
        sheets[one.sku] = after
        prices.append(price)
        change = _change(after, "price", price, act, one.below_floor_reason)
        changes.append((after, attrs.evolve(change, before_minor=before.amount_minor if before else None)))
    for sheet, change in changes:
        tx.price_changes.add(change)
        _write_line(tx, sheet, "priced", act, change.reason)
    final = [sheets[sku_id] for sku_id in dict.fromkeys(one.sku for one in cmd.prices)]
    for sheet in final:
        if sheet.sku_id in known:
            tx.price_sheets.save(sheet)
        else:
            tx.price_sheets.add(sheet)
    tell(tx, skus, listings, act)
    tell_when_due(tx, [(sheets[one.sku], price) for one, price in zip(cmd.prices, prices, strict=True)], act)
    return tuple(final)


@needs(PRICES, along=(CHANNEL, MERCHANT))
def set_price(tx: PricingTx, cmd: SetPrice, act: Act) -> PriceSheet:
    """Set one price; refuses like `set_prices`."""
    return set_prices(tx, SetPrices((cmd,)), act)[0]


@needs(PRICES, along=(CHANNEL, MERCHANT))
def withdraw_price(tx: PricingTx, cmd: WithdrawPrice, act: Act) -> PriceSheet:
    """Take one price back, and tell the channels; a live listing that is left without a price is held back.

    Raises NotFound, VersionConflict.
    """
    skus, listings, sheets = _opened(tx, [cmd.sku])
    demand_sku(act, PRICES, skus[cmd.sku], cmd.channel)
    sheet = sheets.get(cmd.sku) or _new(cmd.sku)
    _check_version(sheet, cmd.expected_version)
    wanted = (cmd.currency, cmd.channel, cmd.level, cmd.valid_from, cmd.valid_until)
    price = next((price for price in sheet.prices if price.slot == wanted), None)
    if price is None:
        raise NotFound(what="price", key=cmd.valid_from.isoformat())
    after = without_price(sheet, price, act.at)
    change = _change(after, "withdrawn", price, act, "")
    tx.price_sheets.save(after)
    tx.price_changes.add(attrs.evolve(change, before_minor=price.amount_minor, after_minor=None))
    _write_line(tx, after, "withdrawn", act, "")
    tell(tx, skus, listings, act)
    return after


@needs(FLOORS, along=(MERCHANT,))
def set_floor(tx: PricingTx, cmd: SetFloor, act: Act) -> PriceSheet:
    """Bound what a SKU may sell for. Raises PriceBelowFloor where a price lies under it, NotFound, VersionConflict."""
    skus, listings, sheets = _opened(tx, [cmd.sku])
    sku = skus[cmd.sku]
    demand_sku(act, FLOORS, sku, None)
    Money.zero(cmd.currency)
    before = sheets.get(cmd.sku) or _new(cmd.sku)
    _check_version(before, cmd.expected_version)
    after = with_floor(before, cmd.currency, cmd.amount_minor, sku.code, act.at)
    change = PriceChange(
        id=_change_id(after),
        sku_id=sku.id,
        version=after.version,
        what="floor",
        currency=cmd.currency,
        channel_id=None,
        level="",
        before_minor=before.floor_minor(cmd.currency),
        after_minor=cmd.amount_minor,
        valid_from=None,
        valid_until=None,
        at=act.at,
        actor=act.actor,
        reason=act.reason,
    )
    if before.version:
        tx.price_sheets.save(after)
    else:
        tx.price_sheets.add(after)
    tx.price_changes.add(change)
    _write_line(tx, after, "floor", act, "")
    tell(tx, skus, listings, act)
    return after


def _opened(tx: PricingTx, sku_ids: Iterable[SkuId]) -> tuple[dict[SkuId, Sku], list[Listing], dict[SkuId, PriceSheet]]:
    """The SKUs; their listings, locked; and their sheets locked where they have one."""
    wanted = tuple(dict.fromkeys(sku_ids))
    skus = tx.skus.many(wanted)
    for sku_id in wanted:
        if sku_id not in skus:
            raise NotFound(what="sku", key=str(sku_id))
    listings = listings_of(tx, skus.values())
    found = tx.price_sheets.lock([sheet_id(sku_id) for sku_id in wanted])
    return skus, listings, {sheet.sku_id: sheet for sheet in found.values()}


def _new(sku_id: SkuId) -> PriceSheet:
    return PriceSheet(sheet_id(sku_id), sku_id, version=0)


def _check_version(sheet: PriceSheet, expected: int | None) -> None:
    if expected is not None and expected != sheet.version:
        raise VersionConflict(what="price sheet", key=str(sheet.sku_id), expected_version=expected, current_version=sheet.version)


def _price(sheet: PriceSheet, wanted: SetPrice, sku: Sku, act: Act) -> Price:
    """The price as it will stand on the sheet; under the floor only with a reason and the authority for it."""
    Money.zero(wanted.currency)
    floor = sheet.floor_minor(wanted.currency)
    below = floor is not None and wanted.amount_minor < floor and bool(wanted.below_floor_reason)
    if below:
        demand_sku(act, BELOW_FLOOR, sku, wanted.channel)
    return Price(
        currency=wanted.currency,
        amount_minor=wanted.amount_minor,
        valid_from=wanted.valid_from or act.at,
        valid_until=wanted.valid_until,
        channel_id=wanted.channel,
        level=wanted.level,
        below_floor=below,
    )


def _change(sheet: PriceSheet, what: str, price: Price, act: Act, reason: str) -> PriceChange:
    return PriceChange(
        id=_change_id(sheet),
        sku_id=sheet.sku_id,
        version=sheet.version,
        what=what,
        currency=price.currency,
        channel_id=price.channel_id,
        level=price.level,
        before_minor=None,
        after_minor=price.amount_minor,
        valid_from=price.valid_from,
        valid_until=price.valid_until,
        at=act.at,
        actor=act.actor,
        reason=reason or act.reason,
    )


def _change_id(sheet: PriceSheet) -> PriceChangeId:
    return PriceChangeId(derive(sheet.id, "change", sheet.version))


def _write_line(tx: PricingTx, sheet: PriceSheet, event: str, act: Act, reason: str) -> None:
    before = SheetState.IN_FORCE if sheet.version > 1 else None
    write_line(tx, act, "price-sheet", sheet, event, before=before, reason=reason)
