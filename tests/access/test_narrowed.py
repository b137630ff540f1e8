"""Every route with a right that is narrowed: refused where the deed is the whole house's, else held against each record.

A deed that says along which axes its records lie and does not ask about one of them fails here, and so does one that is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

import houtai.application
from houtai.application.access.clear_rules import ClearRules, clear_rules
from houtai.application.aftersales.export import ExportClaims, claim_rows
from houtai.application.catalog.export import ProductLines, product_lines
from houtai.application.catalog.queries import SkusByCode, skus_by_code
from houtai.application.merchants.queries import MerchantsByCode, merchants_by_code
from houtai.application.orders.export import ExportOrders, order_lines
from houtai.application.paging import Page
from houtai.application.permission import EXTENTS, extent_of, needs
from houtai.application.pricing.quote import GetQuote, get_quote
from houtai.application.verbs import HOUSE_VERBS
from houtai.domain.act import Act
from houtai.domain.authority import Denial, Dimension, Grant
from houtai.domain.ids import AccountId, new_id
from houtai.domain.pricing.basket import Adjustment
from houtai.domain.refusal import Forbidden, NotFound
from houtai.entrypoints.http.routes import Route
from tests.access.narrow import (
    AXES,
    FOREIGN,
    OWN,
    Axis,
    Narrow,
    act_within,
    is_regardless,
    lies_along,
    name_of,
    narrow_bazaar,
    reaches_along,
)
from tests.http.test_merchant_isolation import told
from tests.outbound.test_goods_issues import ASKED as GIVEN_AWAY
from tests.outbound.test_reach import ASKED
from tests.outbound.test_reach_bench import ASKED as AT_BENCHES
from tests.outbound.test_reach_rest import ASKED as BETWEEN_AND_SHORT
from tests.test_reference_page import modules

REFUSED = (403, 404)
Case = tuple[Axis, Route]

CLOSED: list[Case] = [
    (axis, route) for axis in AXES for route in FOREIGN if not lies_along(route, axis) and not is_regardless(route, axis)
]
ALONG: list[Case] = [(axis, route) for axis in AXES for route in FOREIGN if lies_along(route, axis)]
REGARDLESS: list[Case] = [(axis, route) for axis in AXES for route in FOREIGN if is_regardless(route, axis)]

NO_LABEL = "get_claim_return_label"
OF_NOBODY = {
    "get_product_import_template": "an empty form, shown to whoever may bring one back filled",
    "get_layout_template": "an empty form, shown to whoever may look at places",
    "get_own_shift": "one's own, behind a badge: tests/warehouse/test_floor_http.py",
    "get_own_shift_prints": "one's own, behind a badge: tests/stations/test_prints.py",
    NO_LABEL: "nothing comes back under a label here: tests/aftersales/test_label.py",
    "get_own_pick_runs": "one's own, and nobody here has begun a walk: tests/outbound/test_picks_http.py",
}
BY_OTHERS = {"get_product_export": "product_lines reads what goes into the file, and is asked below"}
ONES_OWN = {
    "post_adjustment": "whoever asks for an adjustment is its owner",
    "post_goods_issue": "whoever asks for a goods issue is its owner",
}

OF_A_SHIFT = {
    "get_own_shift",
    "get_own_shift_prints",
    "post_own_shift_lock",
    "post_own_shift_unlock",
    "post_own_shift_leave",
    "post_own_shift_task",
    "post_own_shift_scan",
}  # nobody here holds a badge
SCANNED = {"post_check", "post_weighing", "post_manifest_parcel", "post_manifest_remove_parcel"}  # nothing bears the code scanned
PRINTED = {"post_wave_labels", "post_product_labels", "post_count_sheet"}  # the one printer stands in a warehouse of the house
NOT_HERE: dict[Axis, set[str]] = {
    # With no channel they are every channel's.
    Dimension.CHANNEL: {
        "get_audit_policy_of_house",
        "put_audit_policy_of_house",
        "get_aftersales_policy_of_house",
        "put_aftersales_policy_of_house",
        NO_LABEL,
    },
    # A new warehouse is none of those that one works in, and the clerk who would get a badge may do more than one may give.
    # The goods of the claim that stands here have not come to any.
    Dimension.WAREHOUSE: {
        "post_warehouse",
        "post_staff",
        "post_claim_inspect",
        "post_claim_send_back",
        *OF_A_SHIFT,
        *SCANNED,
    },
    Dimension.MERCHANT: {
        *OF_A_SHIFT,
        *SCANNED,
        NO_LABEL,
        *PRINTED,
    },
    # the house asked for those that stand here
    OWN: {NO_LABEL, "post_adjustment_withdraw", "post_goods_issue_withdrawal", "post_goods_issue_cancel"},
}


def called(case: Any) -> str:
    return case.name if isinstance(case, Route) else name_of(case)


@pytest.fixture(scope="module")
def narrow() -> Iterator[Narrow]:
    """One world for all who only look or are refused."""
    with narrow_bazaar() as made:
        yield made


@pytest.mark.parametrize(("axis", "route"), CLOSED, ids=called)
def test_a_right_that_is_narrowed_does_not_reach_what_is_the_whole_houses(narrow: Narrow, axis: Axis, route: Route) -> None:
    answer = narrow.ask(narrow.elsewhere(axis), route, axis)
    assert (answer.status_code, answer.json().get("reason")) == (403, Denial.HOUSE_WIDE.value), answer.text


@pytest.mark.parametrize(("axis", "route"), [case for case in ALONG if case[1].method != "GET"], ids=called)
def test_nothing_is_done_elsewhere(narrow: Narrow, axis: Axis, route: Route) -> None:
    if (route.name in ONES_OWN and axis == OWN) or route.name == "post_who_can":
        pytest.skip(ONES_OWN.get(route.name, "names people within reach alone, see test_explain"))
    before = narrow.fair.everything()
    answer = narrow.ask(narrow.elsewhere(axis), route, axis)
    assert answer.status_code in REFUSED, answer.text
    assert narrow.fair.everything() == before


@pytest.mark.parametrize(("axis", "route"), [case for case in ALONG if case[1].method == "GET"], ids=called)
def test_what_lies_elsewhere_is_not_shown(narrow: Narrow, axis: Axis, route: Route) -> None:
    if route.name in OF_NOBODY:
        pytest.skip(OF_NOBODY[route.name])
    whole, answer = (narrow.ask(caller, route, axis) for caller in (narrow.fair.owner, narrow.elsewhere(axis)))
    assert whole.status_code == 200, whole.text
    assert answer.status_code in REFUSED or told(answer) != told(whole)


@pytest.mark.parametrize(("axis", "route"), REGARDLESS, ids=called)
def test_where_narrowing_means_nothing_the_answer_is_the_same(narrow: Narrow, axis: Axis, route: Route) -> None:
    if route.name in BY_OTHERS and axis is Dimension.MERCHANT:
        pytest.skip(BY_OTHERS[route.name])
    answer = narrow.ask(narrow.elsewhere(axis), route, axis)
    assert answer.status_code not in REFUSED
    if route.method == "GET":
        assert told(answer) == told(narrow.ask(narrow.fair.owner, route, axis))


@pytest.mark.parametrize("axis", [axis for axis in AXES if axis is not Dimension.SUPPLIER], ids=name_of)
def test_whoever_is_narrowed_to_where_the_record_lies_reaches_it(axis: Axis) -> None:
    with narrow_bazaar() as world:
        here = world.here(axis)
        answers = {route.name: world.ask(here, route, axis) for along, route in ALONG if along is axis or along == axis}
        refused = {name: answer.text[:400] for name, answer in answers.items() if answer.status_code in REFUSED}
        assert {name: text for name, text in refused.items() if name not in NOT_HERE[axis]} == {}


def test_nothing_lies_with_suppliers_yet() -> None:
    assert [route.name for axis, route in ALONG if axis is Dimension.SUPPLIER] == []


# -- deeds that no route names, and verbs that are demanded inside of others

NO_ROUTE: dict[Callable[..., Any], Any] = {
    product_lines: ProductLines(Page()),
    skus_by_code: SkusByCode(("SKU-B", "SKU-HOUSE")),
    merchants_by_code: MerchantsByCode(("A", "B")),
    order_lines: ExportOrders(),
    claim_rows: ExportClaims(),
}
OF_SHEETS = {"import_claim", "check_claim"}  # tests/aftersales/test_sheets.py
OF_RETURNS = {"label_return"}  # tests/aftersales/test_reach.py
AT_STATIONS = {"open_task", "scan_at_station", "note_refused", "count_place", "book_in"}  # tests/stations/test_reach.py
AT_WALLS = {"begin_sort", "place_in_slot", "accept_by_badge"}  # tests/stations/test_reach_sending.py
BY_HAND = {
    "clear_rules",
    *ASKED,
    *AT_BENCHES,
    *BETWEEN_AND_SHORT,
    *GIVEN_AWAY,
    *AT_STATIONS,
    *AT_WALLS,
    *OF_SHEETS,
    *OF_RETURNS,
}  # asked in tests of their own
SHOWN = [(axis, query) for query in NO_ROUTE for axis in AXES if reaches_along(extent_of(query), axis)]
INSIDE = ("tickets.read-notes", "outbound.issue-alone", "pricing.adjust", "pricing.below-floor", "warehouse.regrade")


def test_every_deed_that_lies_along_something_is_asked_here() -> None:
    assert list(modules(houtai.application))  # so that every deed has said what it needs
    named = {route.deed for route in FOREIGN} | {query.__name__ for query in NO_ROUTE} | BY_HAND
    missing = {
        (verb, deed)
        for verb, deeds in EXTENTS.items()
        for deed, extent in deeds.items()
        if verb in HOUSE_VERBS and verb not in INSIDE and any(reaches_along(extent, axis) for axis in AXES)
        if deed not in named
    }
    assert missing == set()


@pytest.mark.parametrize(("axis", "query"), SHOWN, ids=lambda one: getattr(one, "__name__", None) or name_of(one))
def test_queries_without_a_route_show_what_lies_within_reach_alone(narrow: Narrow, axis: Axis, query: Callable[..., Any]) -> None:
    def shown(act: Act) -> int:
        return len(str(narrow.office.ask(query, NO_ROUTE[query], act)))

    elsewhere, here = (shown(narrow.act(caller)) for caller in (narrow.elsewhere(axis), narrow.here(axis)))
    assert elsewhere < here <= shown(narrow.act(narrow.fair.owner))


def test_rules_of_an_account_elsewhere_are_not_cleared() -> None:
    with narrow_bazaar() as world:
        account = AccountId(UUID(world.ids(Dimension.MERCHANT)["account_id"]))
        with pytest.raises(NotFound):
            world.office.perform(clear_rules, ClearRules(account), world.act(world.elsewhere(Dimension.MERCHANT)))
        cleared = world.office.perform(clear_rules, ClearRules(account), world.act(world.here(Dimension.MERCHANT)))
        assert cleared.account.id == account


@pytest.mark.parametrize("axis", list(Dimension), ids=name_of)
def test_an_exception_from_prices_is_made_only_where_its_own_right_reaches(narrow: Narrow, axis: Dimension) -> None:
    shop = narrow.fair.bazaar.shop
    basket = shop.basket(CUP=1)
    reduced = type(basket)(basket.channel_id, basket.lines, basket.buyer_id, adjustments=(Adjustment(new_id(), 1, "a scratch"),))
    excepted = type(basket)(basket.channel_id, basket.lines, basket.buyer_id, below_floor_reason="a scratch")
    for asked, verb in ((reduced, "pricing.adjust"), (excepted, "pricing.below-floor")):
        quotes, narrowed = Grant("pricing.quote"), Grant(verb, {axis: frozenset({new_id()})})
        with pytest.raises(Forbidden) as refused:
            shop.office.ask(get_quote, GetQuote(asked), act_within(shop.office, quotes, narrowed))
        assert refused.value.verb == verb
        shop.office.ask(get_quote, GetQuote(asked), act_within(shop.office, quotes, Grant(verb)))


# -- one right at a time


def test_two_narrowed_rights_do_not_make_a_wide_one(narrow: Narrow) -> None:
    """One of this channel for nobody's goods, one of these goods on another channel: neither reaches the order."""
    shop, merchants = narrow.fair.bazaar.shop, narrow.fair.bazaar.merchants
    channel, goods = frozenset[UUID]({shop.channel}), frozenset[UUID]({merchants["B"]})
    pieces = (
        Grant("*", {Dimension.CHANNEL: channel, Dimension.MERCHANT: frozenset({new_id()})}),
        Grant("*", {Dimension.CHANNEL: frozenset({new_id()}), Dimension.MERCHANT: goods}),
    )
    somebody = narrow.fair.owner.as_("pieces", *pieces)
    one = narrow.fair.owner.as_("one", Grant("*", {Dimension.CHANNEL: channel, Dimension.MERCHANT: goods}))
    order, listing = (narrow.ids(Dimension.MERCHANT)[name] for name in ("order_id", "listing_id"))
    for path in (f"/orders/{order}", f"/listings/{listing}"):
        assert (somebody.get(path).status_code, one.get(path).status_code) == (404, 200)
    for path in ("/orders", "/listings"):
        assert (somebody.get(path).json()["items"], one.get(path).json()["items"] != []) == ([], True)


def test_a_right_that_a_deed_does_not_take_lends_nothing_to_one_that_it_takes(narrow: Narrow) -> None:
    """Orders have no warehouse: a right within one opens no order, and does not make the other right reach every channel."""
    elsewhere = frozenset({new_id()})
    grants = (Grant("*", {Dimension.WAREHOUSE: elsewhere}), Grant("*", {Dimension.CHANNEL: elsewhere}))
    somebody = narrow.fair.owner.as_("both", *grants)
    assert somebody.get("/orders").json()["items"] == []
    assert somebody.get(f"/orders/{narrow.ids(OWN)['order_id']}").status_code == 404


def test_a_deed_cannot_lie_along_an_axis_and_regardless_of_it() -> None:
    both = needs("tests.both", along=(Dimension.CHANNEL,), regardless=(Dimension.CHANNEL,))
    with pytest.raises(TypeError):
        both(test_a_deed_cannot_lie_along_an_axis_and_regardless_of_it)
    assert "tests.both" not in EXTENTS
