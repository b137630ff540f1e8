"""What a decision does to the books (SM-AS): sales returns against the buyer's deposit, from which each refund is then taken.

What was recognised when units left is taken back: the price before discounts, each bearer's part, freight income. For units
that have not left the buyer's money still stands on the deposit, so only what the decision gives differently moves: freight
that is not given back for them is income. After it the deposit holds exactly what the refunds take off it;
what the tenders have not left is payable to the buyer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from houtai.domain.aftersales.given_back import CHARGES, GivenBack, Part, Standing
from houtai.domain.ids import MerchantId
from houtai.domain.ledger.account import AccountCode, AccountKey, party
from houtai.domain.ledger.journal import Entry
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.orders.shipping import borne_by_line, part
from houtai.domain.payments.postings import owner
from houtai.domain.pricing.bearers import Borne


def decision_entries(
    order: Order, before: Standing, rows: Sequence[GivenBack], unshipped: Mapping[int, int]
) -> tuple[Entry, ...]:
    """The journal of these rows; `before` is how the lines stood, `unshipped` their units that were given up with the rows.

    None where nothing is worth anything.
    """
    amounts: dict[AccountKey, int] = {}

    def move(code: AccountCode, whose: str, minor: int) -> None:
        account = AccountKey(code, whose, order.currency)
        amounts[account] = amounts.get(account, 0) + minor

    deposit = owner(order.customer_id, order.channel_id)
    channel = party("channel", order.channel_id)
    lines, discounts = {line.seq: line for line in order.lines}, borne_by_line(order.discounts)
    for row in (*rows, *_freight_that_stays(rows, unshipped)):
        line = lines.get(row.line)
        seller = _seller(line)
        held = 0 if line is None else _held(line, row, unshipped.get(row.line, 0))
        minor = row.amount_minor - held
        move(AccountCode.CUSTOMER_DEPOSITS, deposit, -minor)
        if row.part is Part.FREIGHT:
            move(AccountCode.FREIGHT_INCOME, seller, minor)
        elif row.part is Part.RETURN_FREIGHT:
            move(AccountCode.FREIGHT_COST, "", minor)
        elif row.part is Part.BY_HAND:
            move(AccountCode.ACCOUNTS_PAYABLE, deposit, minor)
        elif row.part in CHARGES:
            move(AccountCode.MARKETING, "", minor)
        else:
            borne = Borne() if line is None else _borne(line, discounts.get(line.seq, Borne()), before, row, unshipped)
            move(AccountCode.SALES_RETURNS, seller, minor + borne.total_minor)
            move(AccountCode.PROMOTION_PLATFORM, "", -borne.platform_minor)
            move(AccountCode.PROMOTION_MERCHANT, seller, -borne.merchant_minor)
            move(AccountCode.PROMOTION_SUPPLIER, "", -borne.supplier_minor)
            move(AccountCode.PROMOTION_CHANNEL, channel, -borne.channel_minor)
    return tuple(Entry(account, minor) for account, minor in amounts.items() if minor)


def _freight_that_stays(rows: Sequence[GivenBack], unshipped: Mapping[int, int]) -> list[GivenBack]:
    """For units that are given up and whose freight is not given back: nothing of what the deposit holds for it stays there."""
    told = {row.line for row in rows if row.part is Part.FREIGHT}
    return [GivenBack(rows[0].case_id, seq, Part.FREIGHT, 0) for seq in unshipped if rows and seq not in told]


def _seller(line: OrderLine | None) -> str:
    merchant: MerchantId | None = None if line is None else line.merchant_id
    return "" if merchant is None else party("merchant", merchant)


def _held(line: OrderLine, row: GivenBack, unshipped_qty: int) -> int:
    """What stands on the deposit for the units of a row that have not left: their places' shares, as if they left next."""
    if not unshipped_qty or row.part not in (Part.GOODS, Part.FREIGHT):
        return 0
    gone = line.qty - line.open_qty
    return part(line.paid_minor if row.part is Part.GOODS else line.freight_minor, line.qty, gone, unshipped_qty)


def _borne(line: OrderLine, borne: Borne, before: Standing, row: GivenBack, unshipped: Mapping[int, int]) -> Borne:
    """The discounts of the units of a row that had left: what their bearers get back."""
    if row.part is not Part.GOODS:
        return Borne()
    gone, qty = before.lines[line.seq].gone_qty, row.qty - unshipped.get(line.seq, 0)
    if qty <= 0:
        return Borne()
    return Borne(*(part(minor, line.qty, gone, qty) for minor in attrs.astuple(borne)))
