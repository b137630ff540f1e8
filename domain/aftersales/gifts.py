"""Gifts that lose their trigger: which should come back, and what is taken off while they stay (R-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain.aftersales.given_back import GivenBack, LineStanding, Part, Standing
from houtai.domain.ids import PromotionId
from houtai.domain.money import half_up
from houtai.domain.orders.line import GiftLink
from houtai.domain.pricing.promotions import GiftReturn


@attrs.frozen
class GiftDue:
    """So many of a gift line have lost their trigger; `worth_minor` is taken off while they stay, 0 where nobody minds."""

    line: int
    qty: int
    worth_minor: int
    on_return: GiftReturn


def gift_rows(case_id: UUID, after: Standing, most_minor: int) -> tuple[list[GivenBack], tuple[GiftDue, ...]]:
    """What gifts that stay take off the refund, at most all of `most_minor`, and what those give back that came after all."""
    rows: list[GivenBack] = []
    due: list[GiftDue] = []
    left = most_minor
    for link, held in _by_promotion(after):
        over = sum(one.kept_qty - one.paid_for_qty for one in held) - _earned(link, held, after)
        for one in held:
            if over > 0 and (qty := min(over, one.kept_qty - one.paid_for_qty)) > 0:
                worth = 0 if link.on_return is GiftReturn.WAIVE else min(left, link.value_minor * qty)
                due.append(GiftDue(one.line.seq, qty, worth, link.on_return))
                if worth:
                    rows.append(GivenBack(case_id, one.line.seq, Part.GIFT, -worth, qty))
                    left -= worth
                over -= qty
            elif over < 0 and one.paid_for_qty:
                qty = min(-over, one.paid_for_qty)
                back = one.gift_minor if qty == one.paid_for_qty else half_up(one.gift_minor * qty, one.paid_for_qty)
                rows.append(GivenBack(case_id, one.line.seq, Part.GIFT, back, qty))
                over += qty
    return rows, tuple(due)


def not_sent(after: Standing, free: Mapping[int, int]) -> dict[int, int]:
    """By gift line, the units that lost their trigger and need not be sent any more: of `free`, those that have not left."""
    found: dict[int, int] = {}
    for link, held in _by_promotion(after):
        over = sum(one.kept_qty - one.paid_for_qty for one in held) - _earned(link, held, after)
        for one in held:
            qty = min(over, free.get(one.line.seq, 0))
            if qty > 0:
                found[one.line.seq] = qty
                over -= qty
    return found


def _by_promotion(after: Standing) -> list[tuple[GiftLink, list[LineStanding]]]:
    """The gift lines of each promotion: the promised gift and its substitutes are earned together."""
    found: dict[PromotionId, tuple[GiftLink, list[LineStanding]]] = {}
    for held in after.lines.values():
        if held.line.gift is not None:
            found.setdefault(held.line.gift.promotion_id, (held.line.gift, []))[1].append(held)
    return list(found.values())


def _earned(link: GiftLink, held: Sequence[LineStanding], after: Standing) -> int:
    """How many gifts the kept triggers earn, at most those that were given."""
    given = sum(one.line.qty for one in held)
    triggers = [after.lines[seq] for seq in link.trigger_lines]
    if not any(one.gone_qty for one in triggers):
        return given
    if link.buy_qty:
        times = sum(one.kept_qty for one in triggers) // link.buy_qty
    else:
        times = sum(half_up(one.line.paid_minor * one.kept_qty, one.line.qty) for one in triggers) // link.spend_minor
    return min(given, times * link.gift_qty)
