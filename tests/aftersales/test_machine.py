"""A short play of orders, claims, refunds and bad luck; `nox -s simulate -- --db claims --minutes N` goes on for longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from houtai.domain.aftersales import postings
from houtai.domain.aftersales.reason import Reason
from houtai.domain.orders.order import Order
from tests.aftersales.counter import Counter
from tests.aftersales.desk import REFUND
from tests.aftersales.model import Model, differences
from tests.simulation.play import play
from tests.simulation.tally import Tally


def test_no_fen_and_no_unit_is_too_many_or_too_few_whatever_happens_in_whatever_order() -> None:
    tally = Tally()
    found = play("claims", 20261123, episodes=4, steps=10, tally=tally)
    assert found is None, found
    assert tally.checks >= 20
    assert tally.deeds["apply_for_claim"]


@pytest.fixture
def counter() -> Iterator[Counter]:
    opened = Counter()
    yield opened
    opened.close()


def bought(counter: Counter) -> Order:
    """A cup and two bowls, paid for."""
    order = counter.place({"CUP": 1, "BOWL": 2}, coupon=True, tenders=2)
    for tender in order.tenders:
        counter.gateway.pay(tender.payment_id)
    counter.hear()
    for notice in counter.bag:
        counter.bring(*notice)
    return counter.shop.order(order)


def given_up(counter: Counter) -> list[str]:
    """What the model says once a bowl is given up."""
    order = bought(counter)
    counter.desk.refunded(order, REFUND, Reason.NOT_WANTED, BOWL=1)
    return list(differences(counter, Model()))


def test_the_model_agrees_with_a_claim_that_is_booked_right(counter: Counter) -> None:
    assert given_up(counter) == []


def test_the_model_names_freight_that_stays_on_the_deposit(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_freight_that_stays", lambda *_: [])
    (found,) = given_up(counter)
    assert found.startswith("books: ")


def test_the_model_names_money_that_goes_back_past_every_claim(counter: Counter) -> None:
    order = bought(counter)
    counter.desk.refunded(order, REFUND, Reason.NOT_WANTED, BOWL=1)
    model = Model()
    model.direct[order.id] += 1  # somebody says so, and the rows do not
    assert [one.partition(": ")[0] for one in differences(counter, model)] == ["books", order.number]
