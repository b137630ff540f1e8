"""What an exchange for other goods costs more or less than what they replace, by today's prices, and who bears it (SM-AS)."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from houtai.domain.aftersales.claim import Claim, ClaimLine
from houtai.domain.aftersales.given_back import LineStanding
from houtai.domain.aftersales.quote import WishLine
from houtai.domain.aftersales.reason import Fault, Reason
from houtai.domain.catalog.sku import Sku
from houtai.domain.catalog.standing import Standing
from houtai.domain.ids import SkuId
from houtai.domain.money import Money
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order


def other_goods(order: Order, lines: tuple[ClaimLine, ...]) -> frozenset[SkuId]:
    """What is replaced by other goods, these, and what was ordered in their place: all whose price is asked."""
    own = {line.seq: line.sku_id for line in order.lines}
    replaced = [one for one in lines if one.replacement_id not in (None, one.sku_id)]
    asked = (sku_id for one in replaced for sku_id in (one.sku_id, one.replacement_id, own.get(one.line)))
    return frozenset(sku_id for sku_id in asked if sku_id is not None)


def with_differences(order: Order, lines: tuple[ClaimLine, ...], prices: Mapping[SkuId, int]) -> tuple[ClaimLine, ...]:
    """The lines with what their replacements cost more or less; `prices` are those of one unit today.

    0 where the same is sent once more, or where nobody can say. Who has dearer goods than they paid for, from an earlier
    exchange, may have any between the two for nothing: what was given away is never paid out. Raises InvalidValue where it is
    more than an amount can be.
    """
    known, found = {line.seq: line for line in order.lines}, []
    for one in lines:
        line, price = known.get(one.line), None if one.replacement_id is None else prices.get(one.replacement_id)
        if line is None or price is None or one.replacement_id == one.sku_id:
            found.append(one)
        else:
            has = _price_of(line, one.sku_id, prices)
            paid_for = min(has, _price_of(line, line.sku_id, prices))
            unit_minor = price - has if price > has else min(0, price - paid_for)
            found.append(attrs.evolve(one, difference_minor=unit_minor * one.qty))
    return tuple(found)


def difference_objections(
    order: Order, reason: Reason, lines: tuple[ClaimLine, ...], skus: Mapping[SkuId, Sku], prices: Mapping[SkuId, int]
) -> tuple[str, ...]:
    """Why these exchanges may not be made for what the goods cost; of `lines` with their differences.

    Goods that may not be sent whatever they cost are passed over: others object to them, and their prices are not told.
    """
    known, found = {line.seq: line for line in order.lines}, []
    for one in lines:
        line = known.get(one.line)
        new = None if one.replacement_id in (None, one.sku_id) else skus.get(one.replacement_id)
        if line is None or new is None or not _sendable(new, line):
            continue
        if new.id not in prices:
            found.append(f"line {one.line}: {new.code} has no price on the channel")
        elif one.difference_minor > 0 and reason.fault is Fault.BUYER:
            old = None if one.sku_id in (None, line.sku_id) else skus.get(one.sku_id)
            dearer = str(Money(one.difference_of(1), order.currency)).partition(" ")[0]
            code = line.sku_code if old is None or old.merchant_id != line.merchant_id else old.code
            refused = "exchanges collect no difference: return it and buy the other"
            found.append(f"line {one.line}: {new.code} is {dearer} dearer than {code}; {refused}")
    return tuple(found)


def given_for_cheaper(differences: Mapping[int, int], held: Mapping[int, LineStanding]) -> tuple[WishLine, ...]:
    """The allowances for goods that are replaced by cheaper ones: at most what each line has left (R-5, R-6)."""
    given = {seq: min(-minor, held[seq].left_minor) for seq, minor in differences.items() if minor < 0}
    return tuple(WishLine(seq, allowance_minor=minor) for seq, minor in given.items() if minor)


def forgone(differences: Mapping[int, int]) -> int:
    """What the house gives away with dearer goods."""
    return sum(minor for minor in differences.values() if minor > 0)


def forgoes_more(claim: Claim) -> bool:
    """Whether the house gives away more with the units that came and stay than with those that were claimed and approved."""
    return forgone(claim.differences) > forgone({one.line: one.difference_minor for one in claim.lines})


def _sendable(sku: Sku, line: OrderLine) -> bool:
    return sku.merchant_id == line.merchant_id and not sku.is_bundle and sku.state is Standing.ACTIVE


def _price_of(line: OrderLine, sku_id: SkuId | None, prices: Mapping[SkuId, int]) -> int:
    """Today's; where it has none any more, what the order says: its list price, or what a unit of a channel's order cost."""
    frozen = line.unit_minor if line.list_minor is None else line.list_minor
    return frozen if sku_id is None else prices.get(sku_id, frozen)
