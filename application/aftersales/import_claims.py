"""Taking over applications that buyers made on a channel: by codes, each claim once under its number there."""

from __future__ import annotations

import attrs

from houtai.application.aftersales.apply import ApplyForClaim, apply_for_claim
from houtai.application.aftersales.ports import CLAIM_BY_EXTERNAL, AftersalesTx, AftersalesViews
from houtai.application.aftersales.quote import APPLY, ClaimWish, QuoteClaim, quote_claim
from houtai.application.catalog.ports import CHANNEL_BY_CODE, SKU_BY_CODE
from houtai.application.orders.ports import ORDER_BY_EXTERNAL, ORDER_BY_NUMBER
from houtai.application.orders.reach import within_reach
from houtai.application.permission import CHANNEL, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.domain import limits
from houtai.domain.act import Act
from houtai.domain.aftersales.claim import Claim
from houtai.domain.aftersales.reason import Reason
from houtai.domain.aftersales.refusals import NotEligible
from houtai.domain.aftersales.state import ClaimKind
from houtai.domain.ids import ClaimId, SkuId
from houtai.domain.money import Money
from houtai.domain.orders.order import Order
from houtai.domain.refusal import InvalidValue


@attrs.frozen
class ImportedLine:
    """Of one line of the order so many units, or an amount as it was written; the line by its number or by its goods."""

    line: int = 0
    sku_code: str = ""
    qty: int = attrs.field(default=0, validator=limits.between(0, limits.MAX_QTY))
    amount: str = attrs.field(default="", validator=limits.text(0, 40))
    replacement_code: str = ""


@attrs.frozen
class ImportClaim:
    """An application as the channel has it: `order` is the channel's number of the order, or the house's."""

    claim: ClaimId
    channel_code: str
    order: str = attrs.field(validator=limits.text(1, 128))
    external_id: str = attrs.field(validator=limits.text(1, 128))
    kind: ClaimKind
    reason: Reason
    lines: tuple[ImportedLine, ...] = attrs.field(validator=limits.at_most(limits.MAX_LINES, low=1))
    text: str = attrs.field(default="", validator=limits.text(0, 2_000), metadata={SECRET: True})


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def import_claim(tx: AftersalesTx, cmd: ImportClaim, act: Act) -> bool:
    """Whether it is new: the same number on the channel again is the first claim, and changes nothing.

    Raises InvalidValue, which names the field (``lines[0].sku_code``), and what `apply_for_claim` raises.
    """
    order = _order(tx, cmd, act)
    if _known(tx, cmd, order) is not None:
        return False
    wishes = _wishes(tx, cmd, order)
    wish = ApplyForClaim(cmd.claim, order.id, cmd.kind, cmd.reason, wishes, cmd.text, external_id=cmd.external_id)
    apply_for_claim(tx, wish, act)
    return True


@needs(APPLY, along=(CHANNEL, MERCHANT), own=True)
def check_claim(views: AftersalesViews, cmd: ImportClaim, act: Act) -> bool:
    """What `import_claim` would answer or raise, for this claim by itself; nothing is written."""
    order = _order(views, cmd, act)
    if _known(views, cmd, order) is not None:
        return False
    found = quote_claim(views, QuoteClaim(order.id, cmd.kind, cmd.reason, _wishes(views, cmd, order)), act)
    if found.objections:
        raise NotEligible(number=order.number, objections=found.objections)
    return True


def _order(source: AftersalesTx | AftersalesViews, cmd: ImportClaim, act: Act) -> Order:
    channel = source.channels.first(CHANNEL_BY_CODE, cmd.channel_code)
    if channel is None:
        raise InvalidValue(field="channel_code", rule=f"there is no channel {cmd.channel_code}")
    order = source.orders.first(ORDER_BY_EXTERNAL, (channel.id, cmd.order))
    if order is None:
        order = source.orders.first(ORDER_BY_NUMBER, cmd.order)
    if order is None or order.channel_id != channel.id or not within_reach(act, APPLY, order):
        raise InvalidValue(field="order", rule=f"there is no order {cmd.order} on this channel")
    return order


def _known(source: AftersalesTx | AftersalesViews, cmd: ImportClaim, order: Order) -> Claim | None:
    """The claim under this number, None for a new one. Raises InvalidValue where it stands on another order."""
    known = source.claims.first(CLAIM_BY_EXTERNAL, (order.channel_id, cmd.external_id))
    if known is not None and known.order_id != order.id:
        raise InvalidValue(field="external_id", rule="stands on another order already")
    return known


def _wishes(source: AftersalesTx | AftersalesViews, cmd: ImportClaim, order: Order) -> tuple[ClaimWish, ...]:
    wishes = []
    for place, one in enumerate(cmd.lines):
        where = f"lines[{place}]"
        replacement = _replacement(source, one, where)
        wishes.append(ClaimWish(_line(one, order, where), one.qty, _minor(one, order, where), replacement=replacement))
    return tuple(wishes)


def _line(one: ImportedLine, order: Order, where: str) -> int:
    if one.line:
        if all(line.seq != one.line for line in order.lines):
            raise InvalidValue(field=f"{where}.line", rule=f"the order has no line {one.line}")
        return one.line
    if not one.sku_code:
        raise InvalidValue(field=f"{where}.sku_code", rule="give the line or its SKU")
    found = [line.seq for line in order.lines if line.sku_code == one.sku_code and not line.is_gift]
    if not found:
        raise InvalidValue(field=f"{where}.sku_code", rule=f"the order has no {one.sku_code}")
    if len(found) > 1:
        named = ", ".join(map(str, found))
        raise InvalidValue(field=f"{where}.line", rule=f"{one.sku_code} stands in the lines {named} of the order: say which")
    return found[0]


def _minor(one: ImportedLine, order: Order, where: str) -> int:
    if not one.amount:
        return 0
    try:
        return Money.of(one.amount, order.currency).minor
    except ValueError as wrong:
        raise InvalidValue(field=f"{where}.amount", rule=f"must be an amount in {order.currency}, like 12.50") from wrong


def _replacement(source: AftersalesTx | AftersalesViews, one: ImportedLine, where: str) -> SkuId | None:
    if not one.replacement_code:
        return None
    sku = source.skus.first(SKU_BY_CODE, one.replacement_code)
    if sku is None:
        raise InvalidValue(field=f"{where}.replacement_code", rule=f"there is no SKU {one.replacement_code}")
    return sku.id
