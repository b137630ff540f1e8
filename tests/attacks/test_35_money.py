"""Attacks 35 to 81: prices of one's own, impossible amounts, the last coupon and the last unit, documents that are over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.attacks.served import served
from tests.attacks.town import Person, Town, said
from tests.orders.test_http import HOME

AT_ONCE = 16


@pytest.fixture(scope="module")
def line(built: Town) -> Iterator[httpx.Client]:
    """A real server under many callers."""
    with served(built.street.app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client


def basket(town: Town, coupons: tuple[str, ...] = (), **units: int) -> dict[str, Any]:
    shop = town.bazaar.shop
    lines = [{"sku_id": str(shop.sku[code]), "qty": qty} for code, qty in units.items()]
    return {"channel_id": str(shop.channel), "customer_id": str(shop.buyer), "lines": lines, "coupon_ids": list(coupons)}


def wish(town: Town, coupons: tuple[str, ...] = (), **units: int) -> dict[str, Any]:
    """An order as a buyer's screen sends it."""
    wanted = basket(town, coupons, **units)
    quote = town.people["admin"].post("/order-quotes", {"basket": wanted, "region": "浙江"}).json()
    return {
        "basket": wanted,
        "receiver": HOME,
        "quote_digest": quote["digest"],
        "quoted_minor": quote["payable_minor"],
        "tenders": [{"provider": "embedded"}],
    }


def at_once(town: Town, line: httpx.Client, bodies: list[dict[str, Any]]) -> Counter[tuple[int, str]]:
    """What came of each order; each under a key of its own."""
    buyer = Person(line, town.people["admin"].token)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda body: said(buyer.post("/orders", body)), bodies))


@pytest.mark.parametrize("field", ["price", "total", "payable_minor", "discount", "discount_minor", "merchant_id"])
def test_35_a_price_that_the_client_brings_is_an_unknown_field(town: Town, field: str) -> None:
    body = wish(town, CUP=1)
    body["basket"]["lines"][0][field] = 1
    assert said(town.people["admin"].post("/orders", body)) == (400, "unknown-field")
    assert said(town.people["admin"].post("/orders", {**wish(town, CUP=1), field: 1})) == (400, "unknown-field")


def test_35_whatever_the_client_says_was_quoted_the_servers_price_counts(town: Town) -> None:
    honest = wish(town, CUP=1)
    placed = town.people["admin"].post("/orders", {**honest, "quoted_minor": 1})
    assert (placed.status_code, placed.json()["payable_minor"]) == (201, honest["quoted_minor"])
    dreamt = town.people["admin"].post("/orders", {**honest, "quote_digest": "0" * len(honest["quote_digest"])})
    assert said(dreamt) == (409, "pricing.price-changed")


@pytest.mark.parametrize(
    ("qty", "expected"),
    [
        ("-1", (422, "out-of-range")),
        ("0", (422, "out-of-range")),
        ("2147483648", (422, "out-of-range")),
        ("9223372036854775808", (422, "out-of-range")),
        ("0.5", (400, "invalid-body")),
        ("1e3", (400, "invalid-body")),
    ],
)
def test_36_a_quantity_that_is_none_is_refused(town: Town, qty: str, expected: tuple[int, str]) -> None:
    shop = town.bazaar.shop
    raw = f'{{"basket": {{"channel_id": "{shop.channel}", "lines": [{{"sku_id": "{shop.sku["CUP"]}", "qty": {qty}}}]}}}}'
    answer = town.people["admin"].post("/order-quotes", content=raw.encode(), headers={"content_type": "application/json"})
    assert said(answer) == expected


@pytest.mark.parametrize("minor", ["0.001", "NaN", "Infinity", "1e400", "12.345", '"12"', "1" * 30])
def test_37_an_amount_that_is_none_is_refused(town: Town, minor: str) -> None:
    payment = town.bazaar.ids["HOUSE"]["payment_id"]
    raw = f'{{"payment_id": "{payment}", "amount": {{"minor": {minor}, "currency": "CNY"}}, "reason": "broken"}}'
    answer = town.people["F"].post("/refunds", content=raw.encode(), headers={"content_type": "application/json"})
    assert said(answer) in {(400, "invalid-body"), (422, "out-of-range")}


def test_39_two_currencies_do_not_meet_in_one_journal(town: Town) -> None:
    entries = [
        {"account": {"code": "cash"}, "amount": {"minor": 100, "currency": "CNY"}},
        {"account": {"code": "sales"}, "amount": {"minor": -100, "currency": "USD"}},
    ]
    answer = town.people["F"].post("/journals", {"entries": entries, "document": "test"})
    assert answer.status_code in (400, 422), answer.text


def test_40_of_fifty_parallel_uses_of_a_single_use_coupon_one_succeeds(town: Town, line: httpx.Client) -> None:
    coupon = str(town.bazaar.shop.coupon())
    town.bazaar.shop.take_in(CUP=60)
    body = wish(town, (coupon,), CUP=1)
    assert at_once(town, line, [body] * 50) == {(201, ""): 1, (409, "pricing.coupon-spent"): 49}


def test_44_of_a_hundred_parallel_orders_for_ten_units_ten_are_taken(town: Town, line: httpx.Client) -> None:
    assert at_once(town, line, [wish(town, TRAY=1)] * 100) == {(201, ""): 10, (409, "inventory.out-of-stock"): 90}


def test_45_two_parallel_full_refunds_pay_back_once(town: Town, line: httpx.Client) -> None:
    order = town.bazaar.shop.paid(CUP=1)
    clerk = Person(line, town.people["F"].token)

    def refund(minor: int) -> dict[str, Any]:
        amount = {"minor": minor, "currency": "CNY"}
        return {"payment_id": str(order.tenders[0].payment_id), "amount": amount, "reason": "broken"}

    whole, more = refund(order.payable_minor), refund(order.payable_minor + 1)
    assert said(clerk.post("/refunds", more))[0] in (409, 422)
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(lambda _: clerk.post("/refunds", whole).status_code, range(2)))
    assert (statuses[0], statuses[1] in (409, 422)) == (201, True)


def test_50_an_order_that_is_over_is_not_moved(town: Town) -> None:
    admin = town.people["admin"]
    made = admin.post("/orders", wish(town, CUP=1)).json()
    path = f"/orders/{made['id']}"
    cancelled = admin.post(f"{path}/cancel", {"reason": "changed my mind"}, version=made["version"]).json()
    for move in ("cancel", "hold", "release"):
        answer = admin.post(f"{path}/{move}", {"reason": "once more"}, version=cancelled["version"])
        assert said(answer) == (409, "orders.not-on-hold" if move == "release" else "illegal-move")


@pytest.mark.parametrize(
    "text", ["{0.__class__}", "{lines[0].__init__.__globals__}", "%(secret)s", "${jndi:ldap://x}", "{{7*7}}"]
)
def test_70_what_looks_like_a_template_stays_what_it_is(town: Town, text: str) -> None:
    order = town.bazaar.ids["A"]["order_id"]
    assert town.people["admin"].post(f"/orders/{order}/notes", {"text": text}).status_code == 200
    told = town.people["admin"].get(f"/orders/{order}/timeline").text
    assert text in told
    refused = town.people["admin"].post("/accounts", {"name": text, "display_name": text})
    assert refused.status_code == 422


def test_71_nobody_asks_for_everything_at_once(town: Town) -> None:
    admin = town.people["admin"]
    for path in ("/orders", "/products", "/operation-log", "/customers"):
        assert said(admin.get(path, limit=10**9)) == (400, "invalid-parameter")
    many = wish(town, CUP=1)
    many["basket"]["lines"] *= 10_000
    assert said(admin.post("/orders", many))[0] in (400, 413)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_77_the_log_has_no_way_in_but_deeds(town: Town, method: str) -> None:
    assert said(town.people["admin"].send(method, "/operation-log", {} if method != "DELETE" else None)) == (
        405,
        "method-not-allowed",
    )


def test_79_a_key_is_one_wish(town: Town) -> None:
    admin, body = town.people["admin"], wish(town, CUP=1)
    first, again = (admin.post("/orders", body, key="checkout 7") for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert said(admin.post("/orders", wish(town, BOWL=1), key="checkout 7")) == (422, "idempotency-key-reused")


def test_81_an_edit_says_what_it_rests_on(town: Town) -> None:
    admin = town.people["admin"]
    me = admin.get("/me").json()
    assert said(admin.send("PATCH", "/me", {"display_name": "Owner"}))[0] == 428
    stale = admin.send("PATCH", "/me", {"display_name": "Owner"}, version=me["version"] - 1)
    assert (stale.status_code, stale.json()["current_version"]) == (412, me["version"])
