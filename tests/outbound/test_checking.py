"""The check bench: only what was ordered, each piece once, with who and when; the fast lane finds the order by the piece."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from houtai.domain.ids import OutboundId
from houtai.domain.outbound.checking import (
    AlreadyChecked,
    CheckedPiece,
    Checking,
    CheckLine,
    FastLane,
    LaneOrder,
    NoOrderWants,
    NotInOrder,
    OverQuantity,
    check_of,
)
from houtai.domain.outbound.refusals import Intercepted
from houtai.domain.refusal import Refusal
from tests.outbound.arrange import NOON, sku

LATER = NOON + dt.timedelta(seconds=5)


def order_id(number: int) -> OutboundId:
    return OutboundId(UUID(int=number))


def bench(*qty: int) -> Checking:
    lines = tuple(CheckLine(seq, sku(seq), f"SKU{seq}", each) for seq, each in enumerate(qty or (2, 1), 1))
    return Checking(order_id(1), "FO-1", "SF100", lines)


def test_pieces_are_counted_with_who_and_when() -> None:
    checking = bench().piece(sku(1), "li", NOON).piece(sku(2), "wang", LATER, lot="L1", serial="S9")
    assert [line.checked_qty for line in checking.lines] == [1, 1]
    assert checking.pieces == (CheckedPiece(1, sku(1), 1, "li", NOON), CheckedPiece(2, sku(2), 1, "wang", LATER, "L1", "S9"))


def test_an_order_is_checked_when_every_piece_is() -> None:
    assert not bench().done
    assert bench().piece(sku(1), "li", NOON, 2).piece(sku(2), "li", NOON).done


def test_a_piece_of_another_order_is_refused() -> None:
    with pytest.raises(NotInOrder, match="CUP"):
        bench().piece(sku(9), "li", NOON, named="CUP")


def test_one_piece_too_many_is_refused_and_counted_nowhere() -> None:
    full = bench().piece(sku(1), "li", NOON, 2)
    with pytest.raises(OverQuantity) as refused:
        full.piece(sku(1), "li", NOON)
    assert (refused.value.qty, refused.value.checked_qty) == (2, 2)
    with pytest.raises(OverQuantity):
        bench().piece(sku(1), "li", NOON, 0)


def test_two_lines_of_one_product_are_checked_one_after_the_other() -> None:
    lines = (CheckLine(1, sku(1), "TEA", 1), CheckLine(2, sku(1), "TEA", 2))
    checking = Checking(order_id(1), "FO-1", "SF100", lines).piece(sku(1), "li", NOON, 2)
    assert [(line.line, line.checked_qty) for line in checking.lines] == [(1, 1), (2, 1)]
    assert [(piece.line, piece.qty) for piece in checking.pieces] == [(1, 1), (2, 1)]


def test_a_waybill_that_is_checked_already_is_said_and_counts_nothing() -> None:
    with pytest.raises(AlreadyChecked):
        check_of(bench(1).piece(sku(1), "li", NOON))
    assert check_of(bench()) == bench()


def test_a_stopped_order_is_not_checked() -> None:
    with pytest.raises(Intercepted, match="refund"):
        check_of(bench(), stopped="refund")


def test_a_parcel_from_the_scale_is_checked_anew() -> None:
    assert bench().piece(sku(1), "li", NOON).anew() == bench()


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4), st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=30)
)
def test_what_is_counted_is_what_was_scanned_and_never_more_than_ordered(qty: list[int], scans: list[tuple[int, int]]) -> None:
    checking, accepted = bench(*qty), Counter[object]()
    for kind, count in scans:
        try:
            checking = checking.piece(sku(kind), "li", NOON, count)
        except Refusal:
            continue
        accepted[sku(kind)] += count
    assert all(line.checked_qty == accepted[line.sku_id] <= line.qty for line in checking.lines)
    assert sum(piece.qty for piece in checking.pieces) == accepted.total()


def lane() -> FastLane:
    return FastLane("W-1", tuple(LaneOrder(order_id(n), f"FO-{n}", 1, sku(1 if n < 3 else 2)) for n in (1, 2, 3)))


def test_the_piece_finds_the_first_order_that_wants_it() -> None:
    after, order = lane().piece(sku(1), "li", NOON)
    assert order.number == "FO-1"
    assert after.piece(sku(1), "li", NOON)[1].number == "FO-2"
    assert after.checked == ((order_id(1), CheckedPiece(1, sku(1), 1, "li", NOON)),)


def test_a_stopped_order_gets_no_label() -> None:
    assert lane().piece(sku(1), "li", NOON, stopped={order_id(1)})[1].number == "FO-2"
    left, gone = lane().without({order_id(1)})
    assert ([one.number for one in left.waiting], [one.number for one in gone]) == (["FO-2", "FO-3"], ["FO-1"])


def test_a_piece_that_nobody_wants_is_surplus() -> None:
    after, _ = lane().piece(sku(2), "li", NOON)
    with pytest.raises(NoOrderWants):
        after.piece(sku(2), "li", NOON)


@given(st.integers(0, 2**32))
def test_fifty_pieces_serve_fifty_orders_each_once(seed: int) -> None:
    dice = random.Random(seed)
    waiting = tuple(LaneOrder(order_id(n), f"FO-{n}", 1, sku(dice.randint(1, 3))) for n in range(50))
    stopped = {order_id(n) for n in range(50) if dice.random() < 0.1}
    going, served = FastLane("W-1", waiting), list[OutboundId]()
    for kind in dice.sample([one.sku_id for one in waiting], 50):
        try:
            going, order = going.piece(kind, "li", NOON, stopped)
        except NoOrderWants:
            continue
        served.append(order.outbound_id)
    assert len(set(served)) == len(served) == 50 - len(stopped)
    assert stopped.isdisjoint(served)
