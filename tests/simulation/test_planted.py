"""Defects put in on purpose, each of which the simulation finds within seconds, by a word of the model or the doctor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from houtai.adapters.buffered_tx import BufferedTx
from houtai.adapters.memory.store import MemoryTx
from houtai.application.inventory.shelf import Shelf
from houtai.application.orders import cancel, pay, ship
from houtai.application.outbound import intercept
from houtai.application.outbox import Message
from houtai.application.payments.refund import request_refund
from houtai.application.relay import RecordDelivery, Relay
from houtai.domain.money import Money
from houtai.domain.orders.line import OrderLine
from houtai.domain.orders.order import Order
from houtai.domain.payments.payment import Payment, Verdict
from houtai.domain.payments.refund import Refund
from tests.simulation.house import House
from tests.simulation.play import play
from tests.simulation.run import main

Patch = pytest.MonkeyPatch


def a_reservation_forgets_a_unit(patch: Patch) -> None:
    reserve = Shelf.reserve

    def forgetful(self: Shelf, allotment: Any, channel_id: Any) -> None:
        reserve(self, allotment, channel_id)
        stock = self.stocks[allotment.stock_key]
        self.change(stock.key, reserved_qty=stock.reserved_qty - 1)

    patch.setattr(Shelf, "reserve", forgetful)


def a_coupon_is_not_given_back(patch: Patch) -> None:
    patch.setattr(cancel, "give_back", lambda *_: None)


def the_same_money_counts_again(patch: Patch) -> None:
    judge = Payment.judge

    def gullible(self: Payment, amount: Money, ref: str) -> Verdict:
        verdict = judge(self, amount, ref)
        return Verdict.EXCESS if verdict is Verdict.REPEATED else verdict

    patch.setattr(Payment, "judge", gullible)


def a_message_is_dropped(patch: Patch) -> None:
    deliver = Relay._deliver

    def careless(self: Relay, message: Message) -> RecordDelivery:
        if message.topic == "payments.refund":
            return RecordDelivery(message.id, message.attempts)
        return deliver(self, message)

    patch.setattr(Relay, "_deliver", careless)


def late_money_revives_an_order_without_its_goods(patch: Patch) -> None:
    def trusting(_: Any, order: Order, __: Any) -> tuple[OrderLine, ...]:
        return order.lines

    patch.setattr(pay, "secure_again", trusting)


def a_cent_of_every_refund_is_kept(patch: Patch) -> None:
    def mean(tx: Any, *, amount: Money, **more: Any) -> Refund:
        return request_refund(tx, amount=Money(amount.minor - 1, amount.currency), **more)

    patch.setattr(cancel, "request_refund", mean)


def a_refused_request_burns_its_key(patch: Patch) -> None:
    def eager(self: MemoryTx, wanted: Sequence[tuple[str, str]]) -> list[Any]:
        kept: dict[Any, Any] = self._store.requests
        found = [kept[place] for place in wanted if kept.get(place) is not None]
        kept.update({place: kept.get(place) for place in wanted})
        return found

    patch.setattr(MemoryTx, "load_requests", eager)


def an_expired_order_keeps_its_goods(patch: Patch) -> None:
    patch.setattr(cancel, "release", lambda *_: ())


def a_stopped_order_keeps_its_bins(patch: Patch) -> None:
    patch.setattr(intercept, "free_rows", lambda *_: None)


def a_stopped_order_keeps_its_number(patch: Patch) -> None:
    patch.setattr(intercept, "_undo_waybills", lambda *_: None)


def a_shelf_is_forgotten_in_the_books(patch: Patch) -> None:
    patch.setattr(ship, "cost_entries", lambda *_: {})


DEFECTS: list[tuple[Callable[[Patch], None], str]] = [
    (a_reservation_forgets_a_unit, "promises of"),
    (a_coupon_is_not_given_back, "coupon"),
    (the_same_money_counts_again, "booked twice"),
    (a_message_is_dropped, "waits for ever"),
    (late_money_revives_an_order_without_its_goods, "promises of|reservations"),
    (a_cent_of_every_refund_is_kept, "refunds"),
    (a_refused_request_burns_its_key, "was refused and left something"),
    (an_expired_order_keeps_its_goods, "promises of|reservations"),
]
IN_WAREHOUSES: list[tuple[Callable[[Patch], None], str]] = [
    (a_stopped_order_keeps_its_bins, "bins of"),
    (a_stopped_order_keeps_its_number, "charged for|charges for"),
    (a_shelf_is_forgotten_in_the_books, "books"),
]


@pytest.mark.parametrize(("plant", "word"), DEFECTS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_planted_defect_is_found(plant: Callable[[Patch], None], word: str, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    _found("shop", word)


@pytest.mark.parametrize(("plant", "word"), IN_WAREHOUSES, ids=lambda part: getattr(part, "__name__", ""))
def test_a_defect_planted_in_a_warehouse_is_found(plant: Callable[[Patch], None], word: str, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    _found("floor", word)


def _found(kind: str, word: str) -> None:
    found = play(kind, 1, episodes=150, steps=50)
    assert found is not None, "nothing was found"
    with pytest.raises(AssertionError, match=word):
        raise found.error


def test_the_doctor_finds_on_sqlite_what_the_model_does_not_look_at(monkeypatch: Patch) -> None:
    House("sqlite").close()  # opened with its log
    monkeypatch.setattr(BufferedTx, "append_audit", lambda *_: None)
    found = play("sqlite", 1, episodes=1, steps=5)
    assert found is not None
    with pytest.raises(AssertionError, match="A3"):
        raise found.error


def test_a_run_that_finds_something_says_how_to_see_it_again(monkeypatch: Patch, capsys: pytest.CaptureFixture[str]) -> None:
    a_reservation_forgets_a_unit(monkeypatch)
    assert main(["--minutes", "1", "--seed", "1", "--db", "memory"]) == 1
    told = capsys.readouterr()
    assert "verdict:  FOUND. Replay: nox -s simulate -- --rounds 1 --seed 1 --episodes 12 --db memory" in told.out
    assert "promises of" in told.err
