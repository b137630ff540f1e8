"""What counts as the number of a payment card, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from houtai.adapters.sql.doctor.cards import card_numbers
from houtai.domain.ids import new_id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my card is 4111111111111111, thanks", ["4111111111111111"]),
        ("卡号4111 1111 1111 1111。", ["4111111111111111"]),
        ("4111-1111-1111-1111 or 3782 822463 10005", ["4111111111111111", "378282246310005"]),
        ("6212341111111111111", []),
        ("4111111111111112", []),
        ("0000000000000000", []),
        ("SO-20261122-000001 on 13812345678", []),
        ("41111111111111111111", []),
        ("x4111111111111111", []),
    ],
)
def test_a_card_is_known_by_its_digits(text: str, found: list[str]) -> None:
    assert list(card_numbers(text)) == found


@given(st.integers(10**11, 10**18 - 1), st.integers(1, 9))
def test_one_check_digit_of_ten_makes_a_card_and_any_wrong_digit_unmakes_it(body: int, off: int) -> None:
    (number,) = (found for check in range(10) for found in card_numbers(f"{body}{check}"))
    wrong = f"{(int(number[0]) + off) % 10}{number[1:]}"
    assert list(card_numbers(wrong)) == []


def test_an_id_is_no_card() -> None:
    assert [found for _ in range(2_000) for found in card_numbers(str(new_id()))] == []
    assert list(card_numbers("12345678-1234-1234-1234-411111111111")) == []
