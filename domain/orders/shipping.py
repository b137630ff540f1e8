"""What units that leave bring and cost: revenue, discounts by bearer and freight to the fen, and the entries for the books.

A unit's place on its line is the number of units that shipped or were cancelled before it. Each amount is shared by places:
``share(k) = round(amount * k / qty)`` belongs to the first k units, and a unit gets the step to the next (the figures of R-5).
So the parts of a line add up whatever the partings, and what is owed for a cancelled unit never depends on when others left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from houtai.domain import limits
from houtai.domain.ids import MerchantId
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.ledger.journal import Entry
from houtai.domain.money import half_up
from houtai.domain.orders.line import DiscountRow, OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.state import MOVES, OrderState
from houtai.domain.payments.postings import owner
from houtai.domain.pricing.bearers import Borne
from houtai.domain.refusal import IllegalMove


@attrs.frozen
class UnitsOut:
    """So many units of an order line that left, and what they took out of the stock's value."""

    line: int
    qty: int = attrs.field(validator=limits.positive_qty)
    cost_minor: int = 0
    currency: str = ""


@attrs.frozen
class Earned:
    """What units of one line bring: the buyer's money for goods and freight, and the discounts by who bears them (R-4)."""

    line: int
    qty: int
    paid_minor: int
    freight_minor: int
    borne: Borne
    merchant_id: MerchantId | None = None

    @property
    def gross_minor(self) -> int:
        """The units before discounts: the revenue, against which each bearer's part stands on its own account."""
        return self.paid_minor + self.borne.total_minor


def part(amount_minor: int, qty: int, before: int, taken: int) -> int:
    """What `taken` units get of a line's amount when `before` of its `qty` are gone already; all units together get all."""
    assert 0 <= before <= before + taken <= qty, "no more units go than the line has"
    return half_up(amount_minor * (before + taken), qty) - half_up(amount_minor * before, qty)


def borne_by_line(rows: Iterable[DiscountRow]) -> dict[int, Borne]:
    """All discounts of each line by who bears them; lines without one are not named."""
    found: dict[int, Borne] = {}
    for row in rows:
        held = attrs.astuple(found.get(row.line, Borne()))
        found[row.line] = Borne(*(mine + more for mine, more in zip(held, attrs.astuple(row.borne), strict=True)))
    return found


def earned(line: OrderLine, borne: Borne, qty: int) -> Earned:
    """What the next `qty` open units of the line bring, none of it negative; `borne` is what the whole line is discounted by."""
    assert borne.total_minor == line.discount_minor, f"line {line.seq}: its discount is not the sum of its rows"
    gone = line.qty - line.open_qty

    def share(amount_minor: int) -> int:
        return part(amount_minor, line.qty, gone, qty)

    return Earned(
        line=line.seq,
        qty=qty,
        paid_minor=share(line.paid_minor),
        freight_minor=share(line.freight_minor),
        borne=Borne(*(share(minor) for minor in attrs.astuple(borne))),
        merchant_id=line.merchant_id,
    )


def ship(order: Order, units: Sequence[UnitsOut]) -> tuple[Order, tuple[Earned, ...]]:
    """The order with these units gone, each line named once, and what they bring. Raises IllegalMove unless it is RELEASED."""
    if order.state is not OrderState.RELEASED:
        legal = tuple(sorted(state.value for state in MOVES[order.state]))
        raise IllegalMove(what="order", current=order.state.value, wanted="shipped", legal=legal)
    lines = {line.seq: line for line in order.lines}
    discounts = borne_by_line(order.discounts)
    gone = together(units)
    brought = tuple(earned(lines[seq], discounts.get(seq, Borne()), qty) for seq, qty in gone.items())
    left = {seq: attrs.evolve(lines[seq], shipped_qty=lines[seq].shipped_qty + qty) for seq, qty in gone.items()}
    return order.edited(lines=order.with_lines(left)), brought


def together(units: Iterable[UnitsOut]) -> dict[int, int]:
    """How many units of each line, in the order of the lines."""
    found: dict[int, int] = {}
    for one in units:
        found[one.line] = found.get(one.line, 0) + one.qty
    return dict(sorted(found.items()))


def all_shipped(order: Order) -> bool:
    """Whether no unit is still to go, and some went."""
    return not any(line.open_qty for line in order.lines) and any(line.shipped_qty for line in order.lines)


def sale_entries(order: Order, brought: Iterable[Earned]) -> tuple[Entry, ...]:
    """The sale in the order's currency: the money that we held is ours, the discounts stand with those who bear them.

    Dr customer deposits and promotions by bearer, Cr revenue before discounts and freight income (R-4, SM-FO). A merchant's
    part stands in the merchant's name, a channel's in the channel's, so that settlements find it. None where nothing is worth
    anything.
    """
    buyer, channel = owner(order.customer_id, order.channel_id), party("channel", order.channel_id)
    amounts: dict[AccountKey, int] = {}

    def move(code: AccountCode, whose: str, minor: int) -> None:
        account = AccountKey(code, whose, order.currency)
        amounts[account] = amounts.get(account, 0) + minor

    for one in brought:
        seller = "" if one.merchant_id is None else party("merchant", one.merchant_id)
        move(AccountCode.CUSTOMER_DEPOSITS, buyer, one.paid_minor + one.freight_minor)
        move(AccountCode.PROMOTION_PLATFORM, "", one.borne.platform_minor)
        move(AccountCode.PROMOTION_MERCHANT, seller, one.borne.merchant_minor)
        move(AccountCode.PROMOTION_SUPPLIER, "", one.borne.supplier_minor)
        move(AccountCode.PROMOTION_CHANNEL, channel, one.borne.channel_minor)
        move(AccountCode.REVENUE, seller, -one.gross_minor)
        move(AccountCode.FREIGHT_INCOME, seller, -one.freight_minor)
    return _entries(amounts)


def cost_entries(order: Order, units: Iterable[UnitsOut]) -> dict[str, tuple[Entry, ...]]:
    """What the goods cost, by the currency that the stock is valued in: Dr cost of goods, for gifts marketing; Cr inventory.

    R-11 for gifts, R-18 for the amounts. Currencies of goods without value are not named.
    """
    gifts = {line.seq for line in order.lines if line.is_gift}
    amounts: dict[str, dict[AccountKey, int]] = {}
    for one in units:
        if one.cost_minor:
            held = amounts.setdefault(one.currency, {})
            code = AccountCode.MARKETING if one.line in gifts else AccountCode.COGS
            for account, minor in (
                (AccountKey(code, "", one.currency), one.cost_minor),
                (AccountKey(AccountCode.INVENTORY, "", one.currency), -one.cost_minor),
            ):
                held[account] = held.get(account, 0) + minor
    return {currency: _entries(held) for currency, held in sorted(amounts.items())}


def _entries(amounts: Mapping[AccountKey, int]) -> tuple[Entry, ...]:
    return tuple(Entry(account, minor) for account, minor in amounts.items() if minor)


def completed(order: Order) -> Order:
    """The order closed: everything went out or was given up. Raises IllegalMove."""
    assert not any(line.open_qty for line in order.lines), "nothing is still to go"
    return order.moved(OrderState.COMPLETED)
