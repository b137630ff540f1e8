"""The price of a basket: one pure function, the steps of R-3 in their order."""

from __future__ import annotations

import datetime as dt

from houtai.domain.pricing.basket import Adjustment, Basket
from houtai.domain.pricing.bearers import PLATFORM_PAYS
from houtai.domain.pricing.book import PriceBook
from houtai.domain.pricing.couponing import apply_coupons
from houtai.domain.pricing.layout import lay_out, price_bundles
from houtai.domain.pricing.promoting import apply_gifts, apply_line_promotions, apply_order_promotions
from houtai.domain.pricing.quote import Quote, Source
from houtai.domain.pricing.refusals import PriceBelowFloor
from houtai.domain.pricing.worksheet import Cause, WorkLine, Worksheet


def price(basket: Basket, book: PriceBook, at: dt.datetime) -> Quote:
    """Price the basket by the book at one moment: the same three give the same quote.

    list → channel and member price → line promotions → bundle price → order promotions → gifts → coupons → adjustments;
    each step works on what is left to pay after those before it (R-3). Freight is added later (`Quote.with_freight`).

    Raises NotPriced, OnlyGifts, GiftNotForSale; CouponSpent, CouponNotValidNow, CouponNotApplicable, CouponThresholdNotMet,
    CouponsDoNotStack, BudgetSpent for a coupon that was asked for and cannot be given; PriceBelowFloor; NotFound.
    """
    sheet = Worksheet(basket, book, at)
    lay_out(sheet)
    apply_line_promotions(sheet)
    price_bundles(sheet)
    apply_order_promotions(sheet)
    apply_gifts(sheet)
    apply_coupons(sheet)
    _adjust(sheet)
    quote = sheet.quote()
    if not basket.below_floor_reason:
        _check_floors(sheet, quote)
    return quote


def _adjust(sheet: Worksheet) -> None:
    """Reductions by hand; whoever loaded the book has checked the authority for them."""
    for adjustment in sorted(sheet.basket.adjustments, key=lambda one: (one.line is None, one.line or 0, one.id)):
        lines = [line for line in sheet.lines if _meant(adjustment, line) and line.left_minor]
        cause = Cause(Source.ADJUSTMENT, adjustment.id, "by hand", PLATFORM_PAYS)
        text = f"by hand: {sheet.money(adjustment.amount_minor)} ({adjustment.reason})"
        if lines:
            sheet.spread(cause, lines, adjustment.amount_minor, text)
        else:
            sheet.skip(adjustment.id, "by hand", "nothing is left to take from")


def _meant(adjustment: Adjustment, line: WorkLine) -> bool:
    return adjustment.line is None or adjustment.line == line.basket_line


def _check_floors(sheet: Worksheet, quote: Quote) -> None:
    """Every unit brings in its floor at least. What suppliers and channels bear comes in too, so it does not count against it.

    A bundle with a floor of its own is held to that as a whole, its components then to none.
    """
    outside: dict[int, int] = {}
    for row in quote.discounts:
        outside[row.line] = outside.get(row.line, 0) + row.borne.supplier_minor + row.borne.channel_minor
    income = {line.line: line.paid_minor + outside.get(line.line, 0) for line in quote.lines}
    held_whole: set[int] = set()
    for bundle in sheet.bundles:
        if bundle.price.floor_minor is not None:
            numbers = [line.line for line in bundle.lines]
            held_whole.update(numbers)
            _hold(sheet, bundle.bundle.code, sum(income[number] for number in numbers), bundle.qty, bundle.price.floor_minor)
    for line in sheet.lines:
        if line.line not in held_whole and line.price.floor_minor is not None:
            _hold(sheet, line.item.code, income[line.line], line.qty, line.price.floor_minor)


def _hold(sheet: Worksheet, code: str, income_minor: int, qty: int, floor_minor: int) -> None:
    if income_minor < floor_minor * qty:
        raise PriceBelowFloor(
            sku_code=code, unit_minor=income_minor // qty, floor_minor=floor_minor, currency=sheet.book.currency
        )
