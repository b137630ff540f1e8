"""R-1 and R-2: money is exact, and what is apportioned always adds up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

from houtai.domain.money import MAX_MINOR, Money, allocate, half_up
from houtai.domain.refusal import CurrencyMismatch, InvalidValue

amounts = st.integers(0, 10**9)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


@st.composite
def capped(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """An amount, weights with at least one above 0, and a cap for each."""
    chosen = draw(weights.filter(any))
    caps = draw(st.lists(st.integers(0, 10**6), min_size=len(chosen), max_size=len(chosen)))
    return draw(st.integers(0, 2 * 10**6)), chosen, caps


@given(amounts, weights.filter(any))
def test_shares_add_up_to_the_amount(amount: int, chosen: list[int]) -> None:
    assert sum(allocate(amount, chosen)) == amount


@given(amounts, weights.filter(any))
def test_every_share_is_within_one_unit_of_the_exact_one(amount: int, chosen: list[int]) -> None:
    total = sum(chosen)
    shares = allocate(amount, chosen)
    assert all(abs(share - Fraction(amount * weight, total)) < 1 for share, weight in zip(shares, chosen, strict=True))


@given(capped())
def test_with_caps_the_shares_add_up_to_the_amount_or_to_the_caps(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, caps = case
    room = sum(cap for cap, weight in zip(caps, chosen, strict=True) if weight)
    assert sum(allocate(amount, chosen, caps)) == min(amount, room)


@given(capped())
def test_no_share_is_negative_or_above_its_cap(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, caps = case
    assert all(0 <= share <= cap for share, cap in zip(allocate(amount, chosen, caps), caps, strict=True))


@given(capped())
def test_no_weight_is_no_share(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, caps = case
    shares = allocate(amount, chosen, caps)
    assert [share for share, weight in zip(shares, chosen, strict=True) if not weight] == [0] * chosen.count(0)


@given(capped())
def test_caps_that_do_not_bind_change_nothing(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, _ = case
    free = allocate(amount, chosen)
    assert allocate(amount, chosen, [share + 1 for share in free]) == free


@given(capped())
def test_a_second_run_gives_the_same_shares(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, caps = case
    assert allocate(amount, chosen, caps) == allocate(amount, list(chosen), list(caps))


@given(amounts, weights.filter(any), st.randoms(use_true_random=False))
def test_the_order_of_lines_decides_nothing_but_ties(amount: int, chosen: list[int], random: object) -> None:
    total = sum(chosen)
    fractions = [amount * weight % total for weight in chosen]
    assume(len(set(fractions)) == len(fractions))
    order = list(range(len(chosen)))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis types its generator as object
    shuffled = allocate(amount, [chosen[line] for line in order])
    assert shuffled == [allocate(amount, chosen)[line] for line in order]


def test_ties_go_to_the_earlier_line() -> None:
    assert allocate(1000, [1, 1, 1]) == [334, 333, 333]


@given(capped())
def test_a_negative_amount_is_mirrored(case: tuple[int, list[int], list[int]]) -> None:
    amount, chosen, caps = case
    assert allocate(-amount, chosen, caps) == [-share for share in allocate(amount, chosen, caps)]


def test_overflow_past_a_cap_is_shared_again_over_the_lines_with_room() -> None:
    assert allocate(100, [50, 30, 20], [10, 100, 100]) == [10, 54, 36]


def test_an_amount_above_all_caps_is_clipped_to_them() -> None:
    assert allocate(100, [1, 1], [30, 20]) == [30, 20]


def test_an_amount_without_a_line_that_has_weight_is_an_error() -> None:
    with pytest.raises(ValueError, match="weight"):
        allocate(1, [0, 0])


@pytest.mark.parametrize(("chosen", "caps"), [([-1, 2], None), ([1, 2], [1, -1])])
def test_negative_weights_and_caps_are_errors(chosen: list[int], caps: list[int] | None) -> None:
    with pytest.raises(ValueError, match="negative"):
        allocate(1, chosen, caps)


def test_nothing_needs_no_weights() -> None:
    assert allocate(0, [0, 0]) == [0, 0]


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_half_up_rounds_to_the_nearest_and_halves_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = half_up(numerator, denominator)
    distance = abs(rounded - exact)
    assert distance < Fraction(1, 2) or (distance == Fraction(1, 2) and abs(rounded) > abs(exact))


def test_half_up_needs_a_positive_denominator() -> None:
    with pytest.raises(ValueError, match="positive"):
        half_up(1, 0)


def test_the_worked_shares_of_a_coupon_over_two_lines_and_a_gift_are_1072_1928_0() -> None:
    assert allocate(3000, [9990, 3 * 5990, 0]) == [1072, 1928, 0]


def test_the_worked_bundle_of_19900_is_12036_7864_0() -> None:
    assert allocate(19900, [15000, 2 * 4900, 0]) == [12036, 7864, 0]


@pytest.mark.parametrize("minor", [0.5, True, "1", None])
def test_money_takes_integers_only(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "CNY")  # type: ignore[arg-type]  # the wrong type is the point


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYY", "元元元"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(InvalidValue):
        Money(1, currency)


def test_money_past_any_book_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Money(MAX_MINOR + 1, "CNY")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "CNY") + Money(1, "USD")


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "0.001", "12.345", "1e3", "1e400", "1e999999999", "1,234.56", "１２", "1_000", "", " 1", "0x10"]
)
def test_what_is_no_amount_of_the_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|fraction"):
        Money.of(text, "CNY")


@given(st.integers(-MAX_MINOR, MAX_MINOR))
def test_an_amount_as_text_reads_back_the_same(minor: int) -> None:
    assert Money.of(str(Money(minor, "CNY")).removesuffix(" CNY"), "CNY") == Money(minor, "CNY")


def test_a_part_is_rounded_half_up() -> None:
    assert Money(1005, "CNY").part(10, 100) == Money(101, "CNY")


def test_currencies_keep_their_own_fractions() -> None:
    assert [str(Money(1234, currency)) for currency in ("CNY", "JPY", "KWD")] == ["12.34 CNY", "1234 JPY", "1.234 KWD"]
