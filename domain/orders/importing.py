"""From a channel's order to ours: lines as the channel sold them, bundles taken apart, its discounts and freight shared (R-2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.catalog.sku import Sku
from houtai.domain.ids import SkuId, derive
from houtai.domain.money import MAX_MINOR, allocate
from houtai.domain.orders.line import BundlePart, DiscountRow, DiscountSource, OrderLine
from houtai.domain.pricing.bearers import BearerSplit, Borne
from houtai.domain.refusal import InvalidValue
from houtai.domain.shipping.freight import FreightLine, share_freight

CHANNEL_PAYS = BearerSplit(platform=0, merchant=0, supplier=0, channel=100)
_amount = limits.between(0, MAX_MINOR)


@attrs.frozen
class ChannelDiscount:
    """What the channel took off by a rule of its own, under its name for it; the channel bears it unless it says otherwise."""

    name: str = attrs.field(validator=limits.text(1, 200))
    amount_minor: int = attrs.field(validator=limits.between(1, MAX_MINOR))
    bearers: BearerSplit = CHANNEL_PAYS


@attrs.frozen
class ChannelLine:
    """One line as the channel sold it. `item` is the channel's id of it, `sku_code` the merchant code that it carries along."""

    item: str = attrs.field(validator=limits.text(0, 128))
    title: str = attrs.field(validator=limits.text(0, 400))
    qty: int = attrs.field(validator=limits.positive_qty)
    unit_minor: int = attrs.field(validator=_amount)
    sku_code: str = attrs.field(default="", validator=limits.text(0, 64))
    discounts: tuple[ChannelDiscount, ...] = attrs.field(default=(), validator=limits.at_most(20))

    @property
    def gross_minor(self) -> int:
        """Before discounts."""
        return self.unit_minor * self.qty


@attrs.frozen
class ChannelPayment:
    """One part of what the channel collected; a `subsidy` is what it adds in the buyer's place."""

    method: str = attrs.field(validator=limits.text(1, 64))
    amount_minor: int = attrs.field(validator=_amount)
    subsidy: bool = False


@attrs.frozen
class Known:
    """What we know of the goods of a channel's line: the SKU, its components, and our list prices by SKU."""

    sku: Sku
    parts: Mapping[SkuId, Sku] = attrs.field(factory=dict)
    list_minor: Mapping[SkuId, int] = attrs.field(factory=dict)


@attrs.frozen
class Laid:
    """Lines with their discount rows."""

    lines: tuple[OrderLine, ...]
    rows: tuple[DiscountRow, ...]


def lay(sold: Sequence[ChannelLine], known: Sequence[Known | None], source_id: UUID) -> Laid:
    """The order's lines in the channel's order; a bundle becomes its components, unknown goods stay without a SKU."""
    lines: list[OrderLine] = []
    rows: list[DiscountRow] = []
    for line, goods in zip(sold, known, strict=True):
        if sum(discount.amount_minor for discount in line.discounts) > line.gross_minor:
            raise InvalidValue(field=f"lines[{len(lines)}].discounts", rule="must not be more than the line costs")
        seq = len(lines) + 1
        plain = OrderLine(
            seq=seq,
            sku_id=None,
            sku_code=line.sku_code,
            title=line.title,
            qty=line.qty,
            unit_minor=line.unit_minor,
            gross_minor=line.gross_minor,
            external_id=line.item,
        )
        merchant_goods = goods is not None and goods.sku.merchant_id is not None
        own = [_row(seq, one, one.amount_minor, source_id, merchant_goods=merchant_goods) for one in line.discounts]
        taken = sum(row.amount_minor for row in own)
        laid = identified(attrs.evolve(plain, discount_minor=taken), own, goods, seq)
        lines += laid.lines
        rows += laid.rows
    return Laid(tuple(lines), tuple(rows))


def identified(line: OrderLine, rows: Sequence[DiscountRow], goods: Known | None, next_seq: int) -> Laid:
    """The line as what it is of our goods. A bundle's components share price and discounts by their list prices (R-12).

    The first component keeps the line's number when `next_seq` is that number, the others follow from `next_seq` on.
    """
    if goods is None:
        return Laid((line,), tuple(rows))
    sku = goods.sku
    if sku.is_bundle:
        return _taken_apart(line, rows, goods, next_seq)
    title = line.title or sku.title
    named = attrs.evolve(line, sku_id=sku.id, sku_code=sku.code, title=title, merchant_id=sku.merchant_id)
    return Laid((attrs.evolve(named, weight_g=sku.weight_g * line.qty, list_minor=goods.list_minor.get(sku.id)),), tuple(rows))


def _taken_apart(line: OrderLine, rows: Sequence[DiscountRow], goods: Known, next_seq: int) -> Laid:
    sku = goods.sku
    parts = [(goods.parts[part.sku_id], part.qty * line.qty) for part in sku.components]
    weights = [goods.list_minor.get(part.id, 0) * qty for part, qty in parts]
    gross = allocate(line.gross_minor, weights if any(weights) else [qty for _, qty in parts])
    first = max(next_seq, line.seq + 1)
    numbers = [line.seq, *range(first, first + len(parts) - 1)]
    left, shared = _shared_rows(rows, gross, numbers)
    carried = share_freight(
        line.freight_minor,
        [FreightLine(seq, part.weight_g * qty, rest) for seq, (part, qty), rest in zip(numbers, parts, left, strict=True)],
    )
    bundle = BundlePart(sku.id, sku.code, line.qty, line.seq, sku.return_policy)
    lines = tuple(
        OrderLine(
            seq=seq,
            sku_id=part.id,
            sku_code=part.code,
            title=part.title,
            qty=qty,
            unit_minor=share // qty,
            gross_minor=share,
            list_minor=goods.list_minor.get(part.id),
            discount_minor=share - rest,
            freight_minor=carried[seq],
            weight_g=part.weight_g * qty,
            merchant_id=part.merchant_id,
            external_id=line.external_id,
            bundle=bundle,
        )
        for seq, (part, qty), share, rest in zip(numbers, parts, gross, left, strict=True)
    )
    return Laid(lines, shared)


def _shared_rows(
    rows: Sequence[DiscountRow], gross: Sequence[int], numbers: Sequence[int]
) -> tuple[list[int], tuple[DiscountRow, ...]]:
    """What is left to pay on each component, and the discounts by component; who bears how much of each stays exact."""
    left = list(gross)
    shared: list[DiscountRow] = []
    for row in rows:
        bearers = list(attrs.astuple(row.borne))
        for place, amount in enumerate(allocate(row.amount_minor, gross, left)):
            if amount:
                left[place] -= amount
                borne = allocate(amount, bearers, bearers)
                bearers = [whole - taken for whole, taken in zip(bearers, borne, strict=True)]
                shared.append(attrs.evolve(row, line=numbers[place], amount_minor=amount, borne=Borne(*borne)))
    return left, tuple(shared)


def take_off(laid: Laid, discounts: Sequence[ChannelDiscount], source_id: UUID) -> Laid:
    """The lines with discounts on the whole order shared by what is left of each (R-2)."""
    lines, rows = list(laid.lines), list(laid.rows)
    for discount in discounts:
        left = [line.paid_minor for line in lines]
        if discount.amount_minor > sum(left):
            raise InvalidValue(field="discounts", rule="must not be more than the goods cost")
        for place, amount in enumerate(allocate(discount.amount_minor, left, left)):
            if amount:
                line = lines[place]
                merchant_goods = line.merchant_id is not None
                rows.append(_row(line.seq, discount, amount, source_id, merchant_goods=merchant_goods))
                lines[place] = attrs.evolve(line, discount_minor=line.discount_minor + amount)
    return Laid(tuple(lines), tuple(rows))


def carry(lines: Sequence[OrderLine], freight_minor: int) -> tuple[OrderLine, ...]:
    """The lines with their shares of what the channel charged for delivery (R-13)."""
    shares = share_freight(freight_minor, [FreightLine(line.seq, line.weight_g, line.paid_minor) for line in lines])
    return tuple(attrs.evolve(line, freight_minor=shares[line.seq]) for line in lines)


def digest_of(
    lines: Sequence[ChannelLine], discounts: Sequence[ChannelDiscount], payments: Sequence[ChannelPayment], freight_minor: int
) -> str:
    """What was pushed, as one value to compare a second push with."""
    whole = [
        [[line.item, line.sku_code, line.qty, line.unit_minor, [_told(one) for one in line.discounts]] for line in lines],
        [_told(discount) for discount in discounts],
        [[payment.method, payment.amount_minor, payment.subsidy] for payment in payments],
        freight_minor,
    ]
    return hashlib.sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


def _told(discount: ChannelDiscount) -> list[object]:
    return [discount.name, discount.amount_minor, *attrs.astuple(discount.bearers)]


def _row(seq: int, discount: ChannelDiscount, amount_minor: int, source_id: UUID, *, merchant_goods: bool) -> DiscountRow:
    return DiscountRow(
        line=seq,
        source_type=DiscountSource.CHANNEL_PROMOTION,
        source_id=derive(source_id, "channel-promotion", discount.name),
        amount_minor=amount_minor,
        borne=discount.bearers.of(amount_minor, merchant_goods=merchant_goods),
        name=discount.name,
    )
