"""The steps of a quote that promotions make: on lines, over the order, and gifts (R-3, R-11)."""

from __future__ import annotations

from houtai.domain.pricing.promotions import (
    AmountOff,
    BuyAndGet,
    FixedPrice,
    LineRule,
    PayForFewer,
    PercentOff,
    Promotion,
    SpendAndSave,
)
from houtai.domain.pricing.quote import Gift, Source
from houtai.domain.pricing.worksheet import Cause, WorkLine, Worksheet

_NO_BUDGET = "its campaign has stopped or its budget is spent"


def apply_line_promotions(sheet: Worksheet) -> None:
    """On each line the promotion that saves most; ties go to the higher priority, then to the lower code.

    Components of a bundle have none: a bundle is made cheaper by a price of its own.
    """
    running = [(promotion, rule) for promotion in _running(sheet) if isinstance(rule := promotion.rule, LineRule)]
    for line in sheet.lines:
        if line.bundle is None and line.left_minor:
            _best_on_line(sheet, line, running)


def _best_on_line(sheet: Worksheet, line: WorkLine, running: list[tuple[Promotion, LineRule]]) -> None:
    offers = [
        (rule.saving(line.left_minor, line.qty), promotion, rule)
        for promotion, rule in running
        if promotion.scope.covers(line.item)
    ]
    for saving, promotion, rule in sorted(offers, key=lambda offer: (-offer[0], -offer[1].priority, offer[1].code)):
        if not saving:
            return
        if sheet.can_bear(promotion.campaign_id, saving):
            text = f"{promotion.code} on {line.item.code} × {line.qty}: {_words(sheet, rule)}"
            sheet.take(_cause(promotion, Source.LINE_PROMOTION), [(line, saving)], text)
            return
        sheet.skip(promotion.id, promotion.code, _NO_BUDGET)


def apply_order_promotions(sheet: Worksheet) -> None:
    """Spend X save Y by priority, then by what is saved; the saving is shared over the lines in scope by what is left of each."""
    offers: list[tuple[int, Promotion, SpendAndSave]] = []
    for promotion in _running(sheet):
        if isinstance(promotion.rule, SpendAndSave):
            basis = sum(line.left_minor for line in sheet.covered(promotion.scope))
            offers.append((promotion.rule.saving(basis), promotion, promotion.rule))
    for _, promotion, rule in sorted(offers, key=lambda offer: (-offer[1].priority, -offer[0], offer[1].code)):
        _spend_and_save(sheet, promotion, rule)


def _spend_and_save(sheet: Worksheet, promotion: Promotion, rule: SpendAndSave) -> None:
    in_scope = sheet.covered(promotion.scope)
    lines = [line for line in in_scope if not line.closed and (promotion.stackable or not line.promoted)]
    basis = sum(line.left_minor for line in lines)
    saving = rule.saving(basis)
    if not saving:
        if lines:
            first = rule.tiers[0].spend_minor
            sheet.skip(promotion.id, promotion.code, f"goods for {sheet.money(basis)} of {sheet.money(first)}")
        elif in_scope:
            sheet.skip(promotion.id, promotion.code, "another promotion has its lines")
    elif not sheet.can_bear(promotion.campaign_id, min(saving, basis)):
        sheet.skip(promotion.id, promotion.code, _NO_BUDGET)
    else:
        text = f"{promotion.code} on {sheet.money(basis)}: {sheet.money(saving)} off"
        sheet.spread(_cause(promotion, Source.ORDER_PROMOTION, rule), lines, saving, text)
        for line in lines:
            line.promoted = True
            line.closed = not promotion.stackable


def apply_gifts(sheet: Worksheet) -> None:
    """Gifts for what is bought, each a line of its own behind the paid ones."""
    for promotion in sorted(_running(sheet), key=lambda one: (-one.priority, one.code)):
        if isinstance(promotion.rule, BuyAndGet):
            _give(sheet, promotion, promotion.rule)


def _give(sheet: Worksheet, promotion: Promotion, rule: BuyAndGet) -> None:
    lines = sheet.covered(promotion.scope)
    qty = rule.gifts(sum(line.qty for line in lines), sum(line.left_minor for line in lines))
    if not qty:
        return
    if not sheet.can_bear(promotion.campaign_id, rule.value_minor * qty):
        sheet.skip(promotion.id, promotion.code, _NO_BUDGET)
        return
    sheet.draw(promotion.campaign_id, rule.value_minor * qty)
    sheet.gifts.append(
        Gift(
            line=len(sheet.lines) + len(sheet.gifts) + 1,
            sku_id=rule.gift_sku_id,
            qty=qty,
            promotion_id=promotion.id,
            promotion_code=promotion.code,
            trigger_lines=tuple(line.line for line in lines),
            buy_qty=rule.buy_qty,
            spend_minor=rule.spend_minor,
            gift_qty=rule.gift_qty,
            substitutes=rule.substitutes,
            value_minor=rule.value_minor,
            on_return=rule.on_return,
            bearers=promotion.bearers,
            campaign_id=promotion.campaign_id,
        )
    )
    name = sheet.book.gift_codes.get(rule.gift_sku_id, rule.gift_sku_id)
    sheet.note("gift", f"{promotion.code}: {qty} of gift {name}")


def _running(sheet: Worksheet) -> list[Promotion]:
    book = sheet.book
    return [one for one in book.promotions if one.runs(book.channel_id, book.level, book.currency, sheet.at)]


def _cause(promotion: Promotion, source: Source, rule: SpendAndSave | None = None) -> Cause:
    return Cause(
        source_type=source,
        source_id=promotion.id,
        code=promotion.code,
        bearers=promotion.bearers,
        campaign_id=promotion.campaign_id,
        on_return=promotion.on_return,
        rule=rule,
    )


def _words(sheet: Worksheet, rule: LineRule) -> str:
    """A line rule as the trace tells it."""
    match rule:
        case PercentOff():
            return f"{rule.basis_points // 100}.{rule.basis_points % 100:02d} % off"
        case AmountOff():
            return f"{sheet.money(rule.amount_minor)} off each"
        case FixedPrice():
            return f"{sheet.money(rule.price_minor)} each"
        case PayForFewer():
            return f"{rule.take_qty} for {rule.pay_qty}"
