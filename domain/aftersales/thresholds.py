"""Discounts that hang on a threshold, priced again for what is kept, where their promotion says so (R-10)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from houtai.domain.aftersales.given_back import GivenBack, Part, Standing
from houtai.domain.money import half_up
from houtai.domain.orders.line import DiscountRow, DiscountSource
from houtai.domain.orders.order import FrozenPromotion, Order
from houtai.domain.pricing.promotions import ReturnPolicy, SpendAndSave

_STEPS = {source: place for place, source in enumerate(DiscountSource)}


def repriced_rows(case_id: UUID, order: Order, after: Standing) -> list[GivenBack]:
    """For each promotion the step to what the kept units lose of it in all; nothing where its shares stay (KEEP)."""
    rows = []
    for promotion in order.promotions:
        if promotion.on_return is ReturnPolicy.REPRICE and promotion.rule is not None:
            source = str(promotion.source_id)
            step = -_lost(order, promotion, promotion.rule, after.kept()) - after.repriced.get(source, 0)
            if step:
                rows.append(GivenBack(case_id, 0, Part.REPRICED, step, source=source))
    return rows


def _lost(order: Order, promotion: FrozenPromotion, rule: SpendAndSave, kept: Mapping[int, int]) -> int:
    """The shares that the kept units were given, less what they would get alone: negative where alone they would get more."""
    given = basis = 0
    for line in order.lines:
        if line.seq in promotion.lines:
            rows = [row for row in order.discounts if row.line == line.seq]
            own = sum(row.amount_minor for row in rows if row.source_id == promotion.source_id)
            earlier = sum(row.amount_minor for row in rows if _place(order, row) < _place_of(order, promotion))
            given += half_up(own * kept[line.seq], line.qty)
            basis += half_up((line.gross_minor - earlier) * kept[line.seq], line.qty)
    return given - min(rule.saving(basis), basis)


def _place(order: Order, row: DiscountRow) -> tuple[int, int]:
    """When a discount was taken: its step of the quote, and within the step its place among the order's promotions."""
    places = [place for place, one in enumerate(order.promotions) if one.source_id == row.source_id]
    return _STEPS[row.source_type], places[0] if places else -1


def _place_of(order: Order, promotion: FrozenPromotion) -> tuple[int, int]:
    return _STEPS[promotion.source_type], order.promotions.index(promotion)
