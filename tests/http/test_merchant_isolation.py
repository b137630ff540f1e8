"""Somebody of merchant A whose role allows everything, at every route with the ids of B and of the house: nothing is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import msgspec
import pytest
from litestar.testing import TestClient
from msgspec import inspect as shape

from houtai.adapters.memory.store import MemoryStore
from houtai.application.catalog.product_columns import COLUMNS
from houtai.application.catalog.queries import ListMasterData, list_categories
from houtai.application.office import Office
from houtai.application.warehouse.layout_columns import COLUMNS as LAYOUT_COLUMNS
from houtai.entrypoints.http.app import MODULES
from houtai.entrypoints.http.routes import Route
from tests.conftest import StillClock
from tests.http.bazaar import SHARED, Bazaar
from tests.http_client import Caller, Door, application

ROUTES = [route for module in MODULES for route in module.all if not route.public]
MISSING = "01934f6e-1c00-7000-8000-00000000dead"
OWN = "access.own"
FOREIGN_OWNERS = ("B", "HOUSE")


@attrs.frozen
class Fair:
    """The bazaar, its store, and the people who call."""

    bazaar: Bazaar
    store: MemoryStore
    owner: Caller
    visitor: Caller

    def ids(self, owner: str) -> dict[str, str]:
        """Theirs first, then whatever else there is, so that every path can be filled."""
        shop = self.bazaar.shop
        category = shop.office.ask(list_categories, ListMasterData(), shop.act).items[0].id
        shared = {"channel_id": str(shop.channel), "category_id": str(category), "customer_id": str(shop.buyer)}
        shared["box_id"] = str(self.bazaar.box)
        rest = {**self.bazaar.ids["HOUSE"], **self.bazaar.ids["B"]}
        return {**rest, **shared, "brand_id": MISSING, "period": "2026-10", "currency": "CNY", **self.bazaar.ids[owner]}

    def everything(self) -> Any:
        """All that is stored but the operation log and the keys of requests."""
        shelves = {name: dict(shelf.held) for name, shelf in self.store.shelves.items()}
        return shelves, {name: dict(sums) for name, sums in self.store.sums.items()}


@contextmanager
def opened() -> Iterator[Fair]:
    """A bazaar on its first day."""
    store, clock = MemoryStore(), StillClock()
    office = Office(store, clock)
    bazaar = Bazaar(office, clock)
    door = Door(office)
    with TestClient(application(office, door)) as client:
        owner = Caller(client, door)
        yield Fair(bazaar, store, owner, owner.as_("A", *bazaar.visitor("A")))


@pytest.fixture(scope="module")
def fair() -> Iterator[Fair]:
    """One bazaar for all: nothing that these tests send is done."""
    with opened() as bazaar:
        yield bazaar


def filled(route: Route, ids: dict[str, str]) -> str:
    return route.path.removeprefix("/v1").format_map(ids)


def call(caller: Caller, route: Route, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
    """The route's answer, with the headers that it asks for."""
    headers = {"authorization": f"Bearer {caller.name}"}
    headers |= {"if-match": '"1"'} if route.match != "none" else {}
    headers |= {"idempotency-key": str(hash((path, str(body))))} if route.keyed else {}
    sent: dict[str, Any] = {} if route.body is None else {"json": body}
    if route.takes == "file":
        sent = {"content": fair_file(route)}
        headers["content-type"] = route.accepts[0]
    return caller.client.request(route.method, f"/v1{path}", headers=headers, params=query or {}, **sent)


def fair_file(route: Route) -> bytes:
    """A file of what the route takes, with nothing in it but its header."""
    columns = LAYOUT_COLUMNS if "layout" in route.path else COLUMNS
    return ",".join(column.title for column in columns).encode()


def told(response: Any, *keys: str) -> tuple[int, Any]:
    """Status and problem, without the request's own id and the keys that were asked for."""
    document = response.json() if "json" in response.headers["content-type"] else {"file": response.content}
    document.pop("instance", None)
    text = str(document)
    for key in keys:
        text = text.replace(key, "<key>")
    return response.status_code, text


def is_own(route: Route) -> bool:
    return route.verb == OWN


READS = [route for route in ROUTES if route.method == "GET" and not is_own(route)]
ONE = [route for route in READS if set(route.parts) - {"currency"} and not set(route.parts) <= set(SHARED)]
LISTS = [route for route in READS if not route.parts]
OF_CHANNELS = [route for route in READS if set(route.parts) == {"channel_id"} and route.path != "/v1/channels/{channel_id}"]


@pytest.mark.parametrize("owner", FOREIGN_OWNERS)
def test_what_belongs_to_others_looks_like_what_is_not_there(fair: Fair, owner: str) -> None:
    ids, open_to_a, not_real = fair.ids(owner), {}, {}
    for route in ONE:
        missing = {**ids, **{name: MISSING for name, kind in route.parts.items() if kind is not str and name not in SHARED}}
        keys = [value for name, value in ids.items() if name in route.parts]
        there = told(call(fair.visitor, route, filled(route, ids)), *keys)
        nowhere = told(call(fair.visitor, route, filled(route, missing)), MISSING, *keys)
        if there != nowhere or (there[0] not in (403, 404) and not is_empty(there)):
            open_to_a[route.name] = (there, nowhere)
        if call(fair.owner, route, filled(route, ids)).status_code != 200:
            not_real[route.name] = filled(route, ids)
    assert open_to_a == {}
    assert not_real.keys() <= {
        "get_accounting_period",
        "get_claim_return_label",
    }  # no month was closed yet, and no label is there


def is_empty(answer: tuple[int, str]) -> bool:
    return answer[0] == 200 and "'items': []" in answer[1]


def foreign(fair: Fair) -> dict[str, str]:
    """Ids and names that nobody of A may ever read."""
    theirs = {f"{owner} {name}": key for owner in FOREIGN_OWNERS for name, key in fair.bazaar.ids[owner].items()}
    codes = {f"{owner} {kind}": f"{kind}-{owner}" for owner in FOREIGN_OWNERS for kind in ("SKU", "P", "W")}
    return {
        **theirs,
        **codes,
        "house's warehouse": str(fair.bazaar.shop.warehouse),
        "house's cup": str(fair.bazaar.shop.sku["CUP"]),
    }


ASKED = {"text": "茶叶", "party": "", "code": "cash", "currency": "CNY", "attributes": ""}


def needed(fair: Fair, route: Route, owner: str) -> dict[str, Any]:
    """Values for the query's fields that must be there, and those that hold others' ids."""
    ids = fair.ids(owner)
    fields = {field.name: field for field in msgspec.structs.fields(route.query)}
    asked = {name: ASKED[name] for name, field in fields.items() if field.required and name in ASKED}
    return asked | {name: ids[name] for name, field in fields.items() if field.required and name in ids}


def leaks(fair: Fair, text: str, asked: dict[str, Any]) -> list[str]:
    given = {str(value) for value in asked.values()}
    return [name for name, key in foreign(fair).items() if key not in given and re.search(rf"{re.escape(key)}\b", text)]


def test_lists_and_searches_show_nothing_of_others(fair: Fair) -> None:
    found, shown = {}, []
    for route in (*LISTS, *OF_CHANNELS):
        asked = needed(fair, route, "A")
        answer = call(fair.visitor, route, filled(route, fair.ids("B")), query=asked)
        assert answer.status_code in (200, 403, 404), (route.name, answer.text)
        if leaked := leaks(fair, answer.text, asked):
            found[route.name] = leaked
        if fair.bazaar.ids["A"]["sku_id"] in answer.text or fair.bazaar.ids["A"]["product_id"] in answer.text:
            shown.append(route.name)
    assert found == {}
    assert {"get_products", "get_product_search", "get_sku_search", "get_listings", "get_stocks"} <= set(shown)


@pytest.mark.parametrize("owner", FOREIGN_OWNERS)
def test_filters_by_others_ids_find_nothing_of_theirs(fair: Fair, owner: str) -> None:
    found, ids = {}, fair.ids(owner)
    for route in LISTS:
        for name in route.query.__struct_fields__:
            if name in ids and name not in ("channel_id", "category_id", "currency", "period"):
                asked = {**needed(fair, route, "A"), name: ids[name]}
                answer = call(fair.visitor, route, filled(route, ids), query=asked)
                if answer.status_code not in (200, 403, 404) or leaks(fair, answer.text, asked):
                    found[route.name, name] = answer.text
    assert found == {}


def test_what_others_do_changes_nothing_that_a_sees(fair: Fair) -> None:
    def seen() -> dict[str, str]:
        answers = {
            route.name: call(fair.visitor, route, filled(route, fair.ids("B")), query=needed(fair, route, "A")) for route in LISTS
        }
        shared = {"get_channels", "get_brands", "get_categories", "get_verbs", "get_product_filter"}
        return {
            name: str(told(answer))
            for name, answer in answers.items()
            if name not in shared and answer.headers["content-type"] != XLSX
        }

    before = seen()
    fair.bazaar.trade("B", "B2")
    fair.bazaar.trade("HOUSE", "HOUSE2")
    assert seen() == before


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# -- writing

TEXTS = {"currency": "CNY", "phone": "13900139000", "code": "NEW-1", "external_id": "X-1", "provider": "embedded"}


class Forms:
    """Bodies that are right in form, with the ids of `owner` wherever a field asks for one."""

    def __init__(self, ids: dict[str, str]) -> None:
        self.ids = ids

    def of(self, kind: type[msgspec.Struct]) -> Any:
        return self._made(shape.type_info(kind), "")

    def _made(self, kind: Any, name: str) -> Any:
        if name == "outcomes":
            return []
        if isinstance(kind, shape.StructType):
            return {field.encode_name: self._made(field.type, field.encode_name) for field in kind.fields if self._wanted(field)}
        if isinstance(kind, shape.UnionType):
            chosen = [one for one in kind.types if not isinstance(one, shape.NoneType)]
            return self._tagged(chosen[0], name)
        if isinstance(kind, shape.UUIDType):
            return self.ids.get(name, self.ids.get(singular(name), MISSING))
        if isinstance(kind, (shape.VarTupleType, shape.ListType)):
            return [self._made(kind.item_type, name)] * max(1, kind.min_length or 0) if kind.max_length != 0 else []
        if isinstance(kind, shape.EnumType):
            return next(iter(kind.cls)).value
        return self._plain(kind, name)

    def _tagged(self, kind: Any, name: str) -> Any:
        made = self._made(kind, name)
        if isinstance(kind, shape.StructType) and kind.tag_field is not None:
            made = {kind.tag_field: kind.tag, **made}
        return made

    def _wanted(self, field: Any) -> bool:
        return bool(field.required) or singular(field.encode_name) in IN_BODIES

    def _plain(self, kind: Any, name: str) -> Any:
        if isinstance(kind, shape.Metadata):
            return self._made(kind.type, name)
        if isinstance(kind, shape.IntType):
            return max(1, kind.ge or 0)
        if isinstance(kind, shape.BoolType):
            return False
        if isinstance(kind, shape.DateTimeType):
            return "2027-01-01T00:00:00Z" if "until" in name or "due" in name or "expires" in name else "2026-11-22T00:00:00Z"
        if isinstance(kind, shape.DictType):
            return {}
        return TEXTS.get(name, "x" * max(3, getattr(kind, "min_length", None) or 0))


def singular(name: str) -> str:
    return {"warehouses": "warehouse_id", "skus": "sku_id", "buyer_id": "customer_id", "merchant_ids": "merchant_id"}.get(
        name, name.removesuffix("s")
    )


IN_BODIES = {
    "sku_id",
    "merchant_id",
    "warehouse_id",
    "product_id",
    "campaign_id",
    "account_id",
    "role_id",
    "payment_id",
    "order_id",
}
FREE = {"post_who_can"}  # names nothing of anybody's, and answers with people of A alone
WRITES = [route for route in ROUTES if route.method != "GET" and not is_own(route) and route.name not in FREE]


def wished(fair: Fair, route: Route, ids: dict[str, str]) -> Any:
    """The answer to somebody of A who writes with these ids."""
    body = None if route.body is None else Forms(ids).of(route.body)
    query = {"merchant_id": ids["merchant_id"]} if "merchant_id" in route.query.__struct_fields__ else {}
    return call(fair.visitor, route, filled(route, ids), body, query)


@pytest.mark.parametrize("owner", FOREIGN_OWNERS)
def test_nothing_of_others_is_written(fair: Fair, owner: str) -> None:
    ids = fair.ids(owner)
    before, allowed = fair.everything(), {}
    for route in WRITES:
        answer = wished(fair, route, ids)
        if answer.status_code not in (403, 404):
            allowed[route.name] = (answer.status_code, answer.text[:300])
    assert allowed == {}
    assert fair.everything() == before


def test_the_same_forms_reach_what_is_their_own() -> None:
    with opened() as fair:
        ids = {**fair.ids("A"), "merchant_id": str(fair.bazaar.merchants["A"])}
        reached = {route.name for route in WRITES if wished(fair, route, ids).status_code not in (403, 404)}
    assert reached >= {
        "put_product",
        "put_sku",
        "post_listing_pause",
        "post_price",
        "post_prices",
        "put_floor",
        "post_promotion_pause",
        "post_coupon_template_pause",
        "post_coupon_void",
        "put_warehouse",
        "put_set_aside",
        "post_opening_receipt",
        "post_adjustment",
        "post_adjustment_withdraw",
        "post_order_quote",
        "post_order_note",
        "post_order_cancel",
        "post_order_reveal",
        "put_merchant",
        "post_product_import",
        "post_location",
        "put_location",
        "post_location_retire",
        "post_layout_import",
        "post_scan",
        "post_handling_unit",
        "put_handling_unit",
        "post_handling_unit_move",
        "post_unit_carry",
        "post_bin_move",
        "post_bin_doubt",
        "post_lot",
        "post_lot_judge",
        "post_station",
        "put_station",
        "put_staff",
        "post_staff_pin",
        "post_order_outbound",
        "post_outbound_intercept",
        "post_outbound_put_back",
        "post_wave",
        "post_wave_undo",
        "post_lane_piece",
        "post_pick_run_confirm",
        "post_pick_run_short",
        "post_check_piece",
        "post_outbound_pack",
        "post_outbound_send_back",
        "post_parcel_accept_weight",
        "post_manifest",
        "post_manifest_cancel",
        "post_manifest_close",
    }
