"""Units of an order that will not be sent, and what goes back: goods and freight, exact whatever was sent before (R-5)."""

from __future__ import annotations

from collections.abc import Mapping

from houtai.domain.orders.order import Order
from houtai.domain.orders.shipping import borne_by_line, earned
from houtai.domain.pricing.bearers import Borne


def give_up(order: Order, units: Mapping[int, int]) -> tuple[Order, int]:
    """The order with so many open units of these lines cancelled, and what the buyer had paid for them.

    It is the house's doing: the freight of the units goes back as well (R-14), and the discounts of the others stay (R-10,
    KEEP). The units take the next places on their lines, as those that ship do, so all parts of a line add up.
    """
    lines, discounts = {line.seq: line for line in order.lines}, borne_by_line(order.discounts)
    back_minor, changed = 0, {}
    for seq, qty in units.items():
        worth = earned(lines[seq], discounts.get(seq, Borne()), qty)
        back_minor += worth.paid_minor + worth.freight_minor
        changed[seq] = lines[seq].given_up(qty)
    return order.edited(lines=order.with_lines(changed)), back_minor
