"""What comes back when part of a line is returned: by units (R-5), and for threshold promotions by policy (R-10)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from houtai.domain.money import allocate, half_up
from houtai.domain.pricing.promotions import SpendAndSave
from houtai.domain.refusal import InvalidValue


def refund_of_units(paid_minor: int, qty: int, refunded_qty: int, refunded_minor: int, n: int) -> int:
    """What the next `n` of the line's units are worth (R-5): the last ones take all that is left, cents included.

    Raises InvalidValue unless 1 <= n <= qty - refunded_qty and 0 <= refunded_minor <= paid_minor.
    """
    left_qty, left_minor = qty - refunded_qty, paid_minor - refunded_minor
    if not 1 <= n <= left_qty:
        raise InvalidValue(field="qty", rule=f"must lie between 1 and {left_qty}")
    if not 0 <= refunded_minor <= paid_minor:
        raise InvalidValue(field="refunded_minor", rule=f"must lie between 0 and {paid_minor}")
    return left_minor if n == left_qty else half_up(left_minor * n, left_qty)


@attrs.frozen
class KeptLine:
    """A line under a threshold promotion: what it cost before this promotion, and how many of its units stay."""

    line: int
    basis_minor: int
    qty: int
    kept_qty: int


def payable_of_kept(lines: Sequence[KeptLine], rule: SpendAndSave) -> int:
    """What the kept units cost under the rule as it was frozen on the order."""
    kept = sum(
        line.basis_minor - refund_of_units(line.basis_minor, line.qty, 0, 0, line.qty - line.kept_qty)
        if line.kept_qty < line.qty
        else line.basis_minor
        for line in lines
    )
    return kept - min(kept, rule.saving(kept))


def reprice_refund(lines: Sequence[KeptLine], rule: SpendAndSave, paid_minor: int, refunded_minor: int) -> int:
    """REPRICE: paid − refunded − what the kept units cost now, never below 0 nor above what is left (R-10)."""
    left = paid_minor - refunded_minor
    return max(0, min(left, left - payable_of_kept(lines, rule)))


def keep_shares(rule: SpendAndSave, basis_minor: Sequence[int]) -> list[int]:
    """KEEP: each line's share of the saving over these lines, as it stays whatever goes back."""
    saving = min(rule.saving(sum(basis_minor)), sum(basis_minor))
    return allocate(saving, list(basis_minor), list(basis_minor))
