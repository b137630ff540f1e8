"""Callers share a transaction, and each is served as if it had one of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from houtai.adapters.sql.store import SqlStore
from houtai.adapters.sql.tx import SqlTx
from houtai.application import group
from houtai.application.group import Group
from houtai.application.office import Office
from houtai.application.orders import place
from houtai.application.orders.place import PlaceOrder, place_order
from houtai.application.orders.quote import offer_for
from houtai.application.ports import CommitUnknown, StoreUnavailable
from houtai.domain.inventory.refusals import OutOfStock
from houtai.domain.orders.order import Order
from houtai.domain.refusal import Busy, KeyReused, OutcomeUnknown, Refusal
from tests.orders.shop import Shop


class Gate:
    """Holds the first transaction open until everybody else stands in the line, so that groups form every time."""

    def __init__(self, office: Office, waiting: int) -> None:
        self._inner, self._group, self._waiting = office._group._run, office._group, waiting
        self.sizes: list[int] = []
        office._group._run = self

    def __call__(self, deeds: Sequence[Any]) -> Any:
        if not self.sizes:
            for _ in range(2000):
                if len(self._group._line) >= self._waiting:
                    break
                threading.Event().wait(0.005)
        self.sizes.append(len(deeds))
        return self._inner(deeds)


def all_at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers or what was raised, in the deeds' order."""
    answers: list[Any] = [None] * len(deeds)

    def one(number: int) -> None:
        try:
            answers[number] = deeds[number]()
        except (Refusal, ArithmeticError) as raised:
            answers[number] = raised

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


@pytest.fixture
def shop(office: Office, clock: Any) -> Shop:
    return Shop(office, clock, stock=10)


def placing(shop: Shop, wish: PlaceOrder, key: str | None = None) -> Callable[[], Order]:
    return lambda: shop.office.perform(place_order, wish, shop.act, key=key)


def test_twelve_callers_need_two_transactions(shop: Shop) -> None:
    wishes = [shop.wish_again(shop.wish(CUP=1)) for _ in range(9)] + [shop.wish(BOWL=2) for _ in range(3)]
    gate = Gate(shop.office, 11)
    orders = all_at_once([placing(shop, wish, f"key {number}") for number, wish in enumerate(wishes)])
    assert gate.sizes == [1, 11]
    assert [order.id for order in orders] == [wish.order for wish in wishes]
    assert len({order.number for order in orders}) == 12
    assert [shop.order(wish.order).lines for wish in wishes] == [order.lines for order in orders]


def test_who_is_refused_is_refused_alone(shop: Shop) -> None:
    wish = shop.wish(CUP=3)
    gate = Gate(shop.office, 5)
    answers = all_at_once([placing(shop, shop.wish_again(wish)) for _ in range(6)])
    assert gate.sizes == [1, 5]
    assert sum(isinstance(answer, Order) for answer in answers) == 3
    refused = [answer for answer in answers if isinstance(answer, OutOfStock)]
    assert [[(short.sku_code, short.available_qty) for short in one.shortages] for one in refused] == [[("CUP", 1)]] * 3


def test_a_refused_deed_leaves_no_trace_among_the_others(shop: Shop) -> None:
    coupon = shop.coupon()
    good = shop.wish(BOWL=1)
    bad = [shop.wish([coupon], POT=6) for _ in range(2)]  # both want the one coupon, and together more pots than there are
    Gate(shop.office, 2)
    answers = all_at_once([placing(shop, good), placing(shop, bad[0], "a"), placing(shop, bad[1], "b")])
    placed = [answer for answer in answers if isinstance(answer, Order)]
    assert len(placed) == 2
    assert sum(order.discount_minor for order in placed) == 1000
    shop.cancel(next(order for order in placed if order.discount_minor))
    assert isinstance(shop.place([coupon], POT=6), Order)  # stock and coupon are whole again


def test_one_key_in_one_group_is_one_order(shop: Shop) -> None:
    wish = shop.wish(CUP=1)
    Gate(shop.office, 7)
    answers = all_at_once([placing(shop, wish, "the same") for _ in range(8)])
    assert {order.id for order in answers} == {wish.order}
    assert len({order.number for order in answers}) == 1
    assert shop.place(CUP=9).payable_minor == 9 * 9990  # one of ten is taken


def test_one_key_for_two_wishes_in_one_group_is_refused_to_the_second(shop: Shop) -> None:
    wishes = [shop.wish(CUP=1), shop.wish(CUP=1), shop.wish(BOWL=1)]
    Gate(shop.office, 2)
    answers = all_at_once([placing(shop, wishes[0]), placing(shop, wishes[1], "k"), placing(shop, wishes[2], "k")])
    assert sorted(type(answer).__name__ for answer in answers[1:]) == ["KeyReused", "Order"]
    assert any(isinstance(answer, KeyReused) for answer in answers)


def test_a_fault_in_one_deed_is_met_by_its_caller_and_the_others_are_done(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = [shop.wish(CUP=1) for _ in range(5)]
    monkeypatch.setattr(place, "offer_for", _failing_for(wishes[3], offer_for))
    Gate(shop.office, 4)
    answers = all_at_once([placing(shop, wish) for wish in wishes])
    assert [type(answer).__name__ for answer in answers] == ["Order", "Order", "Order", "ZeroDivisionError", "Order"]
    assert shop.place(CUP=6).payable_minor == 6 * 9990


def _failing_for(wish: PlaceOrder, inner: Any) -> Any:
    def offer(source: Any, wanted: Any, *rest: Any, **named: Any) -> Any:
        if wanted is wish.basket:
            raise ZeroDivisionError
        return inner(source, wanted, *rest, **named)

    return offer


# -- the line itself


def test_a_full_line_refuses_at_once() -> None:
    inside, leave = threading.Event(), threading.Event()

    def run(deeds: Sequence[int]) -> list[group.Done]:
        inside.set()
        leave.wait(10)
        return [group.Done(deed) for deed in deeds]

    line = Group(run, together=4, waiting=2)
    threads = [threading.Thread(target=line.perform, args=(number,)) for number in range(3)]
    threads[0].start()
    inside.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(line._line) < 2:
        threading.Event().wait(0.005)
    with pytest.raises(Busy):
        line.perform(9)
    leave.set()
    for thread in threads:
        thread.join(10)
    assert line.perform(10) == group.Done(10)


@pytest.mark.parametrize("fault", [StoreUnavailable("gone"), CommitUnknown("lost")])
def test_everybody_in_a_group_learns_that_the_store_failed(fault: Exception) -> None:
    first = threading.Event()
    line: Group[int]

    def run(deeds: Sequence[int]) -> list[group.Done]:
        if not first.is_set():
            first.set()
            while len(line._line) < 3:
                threading.Event().wait(0.005)
            return [group.Done(deed) for deed in deeds]
        raise fault

    line = Group(run)
    outcomes: list[group.Done] = []
    threads = [threading.Thread(target=lambda number=number: outcomes.append(line.perform(number))) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [one.raised for one in outcomes].count(fault) == 3


def test_a_caller_whose_turn_does_not_come_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "PATIENCE_S", 0.1)
    leave, inside = threading.Event(), threading.Event()

    def run(deeds: Sequence[int]) -> list[group.Done]:
        inside.set()
        leave.wait(10)
        return [group.Done(deed) for deed in deeds]

    line = Group(run)
    leader = threading.Thread(target=line.perform, args=(1,))
    leader.start()
    inside.wait(10)
    with pytest.raises(Busy):
        line.perform(2)
    assert len(line._line) == 0
    leave.set()
    leader.join(10)


def test_a_lost_commit_is_asked_after_by_key_and_unknown_without_one(memory_office: Office, clock: Any) -> None:
    shop = Shop(memory_office, clock)
    inner = memory_office._group._run
    lost: list[int] = []

    def lose(deeds: Sequence[Any]) -> Any:
        done = inner(deeds)
        lost.append(len(deeds))
        raise CommitUnknown(str(done is not None))

    wishes = [shop.wish(CUP=1), shop.wish(CUP=1)]
    memory_office._group._run = lose
    assert memory_office.perform(place_order, wishes[0], shop.act, key="k").id == wishes[0].order
    with pytest.raises(OutcomeUnknown):
        memory_office.perform(place_order, wishes[1], shop.act)
    assert lost == [1, 1]
    assert shop.order(wishes[1].order).number != shop.order(wishes[0].order).number


def test_a_caller_does_not_wait_for_all_tries_if_each_takes_long(memory_office: Office, clock: Any) -> None:
    shop = Shop(memory_office, clock)
    wish, moment = shop.wish(CUP=1), [0.0]
    slow = Office(memory_office._store, clock, stopwatch=lambda: moment[0])
    tries: list[int] = []

    def lose(deeds: Sequence[Any]) -> Any:
        tries.append(len(deeds))
        moment[0] += 19
        raise CommitUnknown("no answer")

    slow._group._run = lose
    slow._alone = lambda deed: lose([deed])  # type: ignore[method-assign]  # the second try goes by itself
    with pytest.raises(OutcomeUnknown):
        slow.perform(place_order, wish, shop.act, key="k")
    assert len(tries) == 2


def test_a_wish_that_another_process_fulfils_meanwhile_is_answered_not_refused(
    sql_store: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sql_store.is_sqlite:
        pytest.skip("SQLite has one writer at a time: nobody commits in the middle of another's deed")
    shop = Shop(Office(sql_store, clock), clock, stock=1)
    wish, other = shop.wish(CUP=1), Office(SqlStore(sql_store.engine.url), clock)
    looked = SqlTx.expect_requests
    answers: list[Order] = []

    def expect(tx: SqlTx, wanted: Sequence[tuple[str, str]]) -> None:
        looked(tx, wanted)
        monkeypatch.setattr(SqlTx, "expect_requests", looked)
        answers.append(other.perform(place_order, wish, shop.act, key="k"))

    monkeypatch.setattr(SqlTx, "expect_requests", expect)
    assert [shop.office.perform(place_order, wish, shop.act, key="k")] == answers
    with pytest.raises(OutOfStock):
        shop.office.perform(place_order, shop.wish_again(wish), shop.act, key="another")
    other.close()


def come(line: Group[int], number: int) -> None:
    """Stand in the line, as a caller in a thread of its own does."""
    ticket = group._Ticket(number)
    ticket.door.acquire()
    line._line.append(ticket)


def breaths(line_up: Callable[[Group[int], int], None]) -> tuple[Group[int], list[int], list[int]]:
    """A line whose leader hears `line_up(line, number)` at each breath; the groups that it serves, and its breaths."""
    sizes: list[int] = []
    taken: list[int] = []

    def pause(_: float) -> None:
        taken.append(len(line._line))
        line_up(line, len(taken))

    line: Group[int] = Group(
        lambda deeds: [group.Done(deed) for deed in deeds], told=lambda size, _: sizes.append(size), pause=pause
    )
    return line, sizes, taken


def test_a_caller_that_was_alone_is_not_held_up() -> None:
    line, sizes, taken = breaths(lambda _, __: None)
    assert [line.perform(number).answer for number in range(3)] == [0, 1, 2]
    assert (sizes, taken) == ([1, 1, 1], [])


def test_those_who_were_served_together_gather_again() -> None:
    line, sizes, taken = breaths(lambda line, breath: come(line, breath) if breath <= 3 else None)
    line._last = 9
    assert line.perform(0).answer == 0
    assert (sizes, taken) == ([4], [1, 2, 3, 4])  # one more at each of three breaths, nobody at the fourth


def test_nobody_gathers_for_longer_than_a_hundredth_of_a_second() -> None:
    line, sizes, taken = breaths(come)
    line._last = 1_000
    assert line.perform(0).answer == 0
    assert (sizes, len(taken) * group.BREATH_S) == ([21], group.LONGEST_GATHERING_S)
