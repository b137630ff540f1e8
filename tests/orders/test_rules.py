"""The audit rules one by one, the policy that switches them, and whose queue what they find falls into."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from houtai.domain.money import Money
from houtai.domain.orders.line import DiscountSource
from houtai.domain.orders.order import Order
from houtai.domain.orders.policy import RULE_NAMES, AuditPolicy, built_in, digits_of
from houtai.domain.orders.rules import RULES, look_at, stop
from houtai.domain.orders.state import OrderState
from houtai.domain.refusal import InvalidValue
from tests.orders.make import HOME, NOW, line, order, row

STRICT = attrs.evolve(built_in(), amount_over=Money(5000, "CNY"), blocked_phones=("138 1234 5678",))


def found(made: Order, policy: AuditPolicy = STRICT) -> list[str]:
    return [finding.rule for finding in look_at(made, policy)]


def elsewhere(**fields: Any) -> Any:
    return attrs.evolve(HOME, **{"phone": "13900000000", **fields})


CLEAN = order(receiver=elsewhere())


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        ("buyer-remark", attrs.evolve(CLEAN, remark="请尽快发货")),
        ("amount-over-threshold", order(line(1, unit=5001), receiver=elsewhere())),
        ("address-incomplete", order(receiver=elsewhere(street=" "))),
        ("phone-blacklisted", order(receiver=HOME)),
        ("shortage-open", order(line(1, qty=2, shortage_qty=1), receiver=elsewhere())),
        ("price-anomaly", order(line(1, unit=299, list_minor=1000), receiver=elsewhere())),
    ],
)
def test_each_rule_finds_what_it_is_named_for(rule: str, made: Order) -> None:
    assert found(made) == [rule]
    assert found(made, attrs.evolve(STRICT, rules=frozenset(STRICT.rules) - {rule})) == []


def test_a_clean_order_goes_through() -> None:
    assert found(CLEAN) == []


@pytest.mark.parametrize(
    "made",
    [
        order(line(1, unit=5000), receiver=elsewhere()),
        order(line(1, unit=5001), receiver=elsewhere(), currency="USD"),
        order(line(1, unit=300, list_minor=1000), receiver=elsewhere()),
        order(line(1, unit=1000, discount=900, list_minor=1000), receiver=elsewhere()),
        attrs.evolve(CLEAN, remark="  "),
    ],
    ids=["the amount itself", "another currency", "exactly the part", "a coupon is no price", "blanks"],
)
def test_what_lies_on_the_good_side_of_a_rule_passes(made: Order) -> None:
    assert found(made) == []


def test_a_line_promotion_counts_as_the_price() -> None:
    made = order(line(1, discount=800, list_minor=1000), receiver=elsewhere())
    cheap = attrs.evolve(made, discounts=(row(1, 800, DiscountSource.LINE_PROMOTION),))
    assert found(cheap) == ["price-anomaly"]


def test_the_first_finding_says_who_owns_the_order_and_until_when() -> None:
    made = order(line(1, qty=2, shortage_qty=1))
    hold = stop(made, look_at(made, STRICT), STRICT, NOW)
    assert (hold.queue, hold.rules, hold.resume) == ("risk", ("phone-blacklisted", "shortage-open"), OrderState.PAID)
    assert (hold.due_at - NOW, hold.reserved_until) == (dt.timedelta(hours=24), NOW + dt.timedelta(hours=72))


def test_every_rule_can_be_named_and_nothing_else() -> None:
    assert tuple(rule.name for rule in RULES) == RULE_NAMES
    with pytest.raises(InvalidValue):
        attrs.evolve(STRICT, rules=frozenset({"full-moon"}))


@pytest.mark.parametrize("written", ["13812345678", "138-1234-5678", "+86 138 1234 5678"])
def test_a_phone_number_is_its_digits_however_it_is_written(written: str) -> None:
    assert digits_of(written) == "13812345678"
