"""Attacks 1 to 11: somebody of merchant A reaches for what is B's."""

from __future__ import annotations

import re

import httpx
import pytest
from litestar.exceptions import WebSocketDisconnect

from houtai.entrypoints.http.app import MODULES
from tests.attacks.town import MISSING, Town, said


def same_as_missing(town: Town, path: str, key: str) -> None:
    """Byte for byte, but for the ids that were asked for and the request's own."""

    def bare(response: httpx.Response) -> tuple[str, dict[str, str]]:
        text = re.sub(r"urn:uuid:[0-9a-f-]+", "", response.text).replace(key, "").replace(MISSING, "")
        return text, {name: told for name, told in response.headers.items() if name not in ("x-request-id", "content-length")}

    since = town.seq()
    hidden, missing = (town.people["A"].get(path.format(one)) for one in (key, MISSING))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert bare(hidden) == bare(missing)
    assert [(who, what) for who, _, what in town.logged(since)] == [("of-a", "not-found")] * 2


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/orders/{}", "order_id"),
        ("/orders/{}/timeline", "order_id"),
        ("/products/{}", "product_id"),
        ("/skus/{}", "sku_id"),
        ("/listings/{}", "listing_id"),
        ("/promotions/{}", "promotion_id"),
        ("/coupons/{}", "coupon_id"),
        ("/warehouses/{}", "warehouse_id"),
        ("/merchants/{}", "merchant_id"),
        ("/accounts/{}", "account_id"),
    ],
)
def test_01_what_is_bs_looks_byte_for_byte_like_what_is_not_there_and_the_try_is_logged(town: Town, path: str, name: str) -> None:
    same_as_missing(town, path, town.ids_of_b[name])


def test_02_an_edit_of_bs_product_finds_nothing_and_changes_nothing(town: Town) -> None:
    path = f"/products/{town.ids_of_b['product_id']}"
    before, since = town.people["admin"].get(path).content, town.seq()
    product = {"title": "A's now", "category_id": town.people["admin"].get("/categories").json()["items"][0]["id"]}
    assert said(town.people["A"].send("PUT", path, product, version=1)) == (404, "not-found")
    assert said(town.people["A"].post(f"{path}/retire", version=1)) == (404, "not-found")
    assert town.people["admin"].get(path).content == before
    assert [(who, what) for who, _, what in town.logged(since)] == [("of-a", "not-found")] * 2


@pytest.mark.parametrize("path", ["/orders", "/products", "/stocks", "/listings", "/coupons", "/payments", "/accounts"])
def test_04_asking_for_bs_rows_by_parameter_shows_none(town: Town, path: str) -> None:
    answer = town.people["A"].get(path, merchant_id=town.ids_of_b["merchant_id"])
    assert answer.status_code in (200, 400, 403, 404)
    assert [name for name, key in town.ids_of_b.items() if key in answer.text and name != "merchant_id"] == []


@pytest.mark.parametrize(
    "name", ["password_hash", "merchant.secret", "sort", "order_by", "include", "fields", "filter[cost]", "limit__gt"]
)
def test_05_no_list_filters_or_sorts_by_what_it_does_not_name(town: Town, name: str) -> None:
    routes = [route for module in MODULES for route in module.all if route.method == "GET" and not route.parts]
    answers = {route.name: town.people["admin"].get(route.path.removeprefix("/v1"), **{name: "1"}) for route in routes}
    assert {route for route, answer in answers.items() if said(answer) != (400, "unknown-parameter")} == set()


def test_06_as_export_holds_no_row_of_b(town: Town) -> None:
    answer = town.people["A"].send("GET", "/product-exports", params={"format": "csv"})
    assert answer.status_code == 200, answer.text
    assert ("SKU-A" in answer.text, "SKU-B" in answer.text, "CUP" in answer.text) == (True, False, False)


def test_08_with_bs_key_a_gets_its_own_answer_and_nothing_of_bs(town: Town) -> None:
    def note(name: str) -> httpx.Response:
        return town.people[name].post(f"/orders/{town.bazaar.ids[name]['order_id']}/notes", {"text": f"of {name}"}, key="one key")

    of_b, of_a, again = note("B"), note("A"), note("B")
    assert (of_b.status_code, of_a.status_code) == (200, 200)
    assert of_a.json()["id"] == town.bazaar.ids["A"]["order_id"]
    assert town.ids_of_b["order_id"] not in of_a.text
    assert again.content == of_b.content


@pytest.mark.parametrize("path", ["/v1/events", "/v1/orders", "/v1/merchants/{}/events", "/ws"])
def test_11_there_is_no_topic_to_subscribe_to(town: Town, path: str) -> None:
    headers = {"authorization": f"Bearer {town.people['A'].token}"}
    with (
        pytest.raises(WebSocketDisconnect),
        town.client.websocket_connect(path.format(town.ids_of_b["merchant_id"]), headers=headers),
    ):
        pass
    answer = town.client.get(path.format(town.ids_of_b["merchant_id"]), headers={**headers, "accept": "text/event-stream"})
    assert answer.status_code in (200, 404) and "text/event-stream" not in answer.headers["content-type"]
