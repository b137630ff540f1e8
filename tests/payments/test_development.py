"""The developer's buyer: pays, pays wrongly, twice or not at all at the embedded provider; and is nowhere in production."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from houtai.domain.authority import Grant
from houtai.domain.ids import PaymentId, new_id
from houtai.entrypoints.container import house
from houtai.entrypoints.http import development
from houtai.entrypoints.http.app import MODULES, app_of, create_app
from houtai.entrypoints.settings import DEVELOPMENT, PRODUCTION, Settings
from houtai.entrypoints.timers import run_once, timers_of
from tests.conftest import StillClock
from tests.http_client import Caller, Door
from tests.orders.shop import Shop
from tests.payments.till import Till

PATH = "/v1/development/payments/{payment_id}/pay"


@pytest.fixture
def buyer(memory_till: Till) -> Iterator[Caller]:
    """Whoever plays the buyer at the till's provider."""
    gateways: dict[str, Any] = {"embedded": memory_till.gateway}
    modules = (*MODULES, development.ROUTES)
    app = create_app(memory_till.office, door := Door(memory_till.office), gateways=gateways, strict=True, modules=modules)
    with TestClient(app) as client:
        yield Caller(client, door)


def pay(buyer: Caller, payment: PaymentId, **body: Any) -> Any:
    return buyer.post(f"/development/payments/{payment}/pay", body)


def notices(answer: Any) -> list[tuple[str, bool]]:
    assert answer.status_code == 200, answer.text
    return [(one["outcome"], one["repeated"]) for one in answer.json()["notices"]]


def test_the_buyer_pays_and_the_house_knows_at_once(buyer: Caller, memory_till: Till) -> None:
    payment = memory_till.request("20.00")
    assert notices(pay(buyer, payment)) == [("applied", False)]
    assert memory_till.payment(payment).captured_minor == 2000


def test_a_notice_that_comes_three_times_is_booked_once(buyer: Caller, memory_till: Till) -> None:
    payment = memory_till.request("20.00")
    assert notices(pay(buyer, payment, copies=3)) == [("applied", False), ("applied", True), ("applied", True)]
    assert memory_till.balances()["cash|provider:embedded|CNY"] == 2000


def test_another_amount_becomes_a_case_and_a_second_payment_goes_back(buyer: Caller, memory_till: Till) -> None:
    short, twice = memory_till.request("20.00"), memory_till.request("30.00")
    assert notices(pay(buyer, short, amount={"minor": 1999, "currency": "CNY"})) == [("case", False)]
    assert [notices(pay(buyer, twice)), notices(pay(buyer, twice))] == [[("applied", False)], [("excess", False)]]


def test_a_declined_payment_has_failed(buyer: Caller, memory_till: Till) -> None:
    payment = memory_till.request("20.00")
    assert notices(pay(buyer, payment, decline="card expired")) == [("applied", False)]
    assert memory_till.payment(payment).state.value == "failed"


def test_what_cannot_be_paid_is_refused(buyer: Caller, memory_till: Till) -> None:
    payment, early = memory_till.request(), memory_till.request(delivered=False)
    no_rights = buyer.as_("clerk", Grant("catalog.read"))
    both = {"amount": {"minor": 1, "currency": "CNY"}, "decline": "no"}
    answers = [
        pay(buyer, early),
        pay(buyer, PaymentId(new_id())),
        pay(buyer, payment, **both),
        pay(buyer, payment, copies=4),
        pay(no_rights, payment),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (503, "development.provider-not-asked"),
        (404, "not-found"),
        (422, "invalid-value"),
        (422, "out-of-range"),
        (403, "forbidden"),
    ]
    assert answers[0].headers["retry-after"] == "1"


def test_a_provider_that_is_not_embedded_has_no_buyer_to_play(memory_till: Till) -> None:
    payment = memory_till.request()
    app = create_app(memory_till.office, door := Door(memory_till.office), modules=(*MODULES, development.ROUTES))
    with TestClient(app) as client:
        assert pay(Caller(client, door), payment).status_code == 404


def test_an_order_is_confirmed_by_one_call(clock: StillClock) -> None:
    from dependency_injector import providers

    container = house(Settings(db="memory://"))
    container.clock.override(providers.Object(clock))
    shop = Shop(container.office(), clock)
    order = shop.place(CUP=1)
    run_once(timers_of(container))
    door = Door(container.office())
    modules = (*MODULES, development.ROUTES)
    with TestClient(create_app(container.office(), door, gateways=container.gateways(), modules=modules)) as client:
        caller = Caller(client, door)
        assert notices(pay(caller, order.tenders[0].payment_id)) == [("applied", False)]
        assert caller.get(f"/orders/{order.id}").json()["state"] == "confirmed"
    container.office().close()


@pytest.mark.parametrize(("env", "expected"), [(DEVELOPMENT, (401, True)), (PRODUCTION, (404, False))])
def test_only_a_house_in_development_has_the_route(env: str, expected: tuple[int, bool]) -> None:
    with TestClient(app_of(house(Settings(db="memory://", env=env)))) as client:
        described = client.get("/schema/openapi.json").json()["paths"]
        assert (client.post(PATH.format(payment_id=new_id()), json={}).status_code, PATH in described) == expected


def test_without_an_embedded_provider_there_is_no_route() -> None:
    assert not development.plays(Settings(env=DEVELOPMENT), {})
