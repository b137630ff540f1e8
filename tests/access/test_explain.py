"""Why somebody may or may not, and who can: the same decision, told in words and taken for everybody."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest

from houtai.application.access.change_account import MoveAccount, disable_account
from houtai.application.access.queries import ExplainAccess, WhoCan, explain_access, explain_mine, who_can
from houtai.domain.access.account import Assignment
from houtai.domain.authority import HOUSE, Dimension, Grant, Scope
from houtai.domain.ids import AccountId, MerchantId
from houtai.domain.refusal import Forbidden, NotFound
from tests.access.door import House

SHOP, OTHER = UUID(int=501), UUID(int=502)
REFUNDS = Grant("payments.refund", within={Dimension.CHANNEL: frozenset({SHOP})}, limits={"refund_minor": 5_000})


def able(house: House, **deed: object) -> list[tuple[str, str]]:
    """Who can, and by what."""
    found = house.office.ask(who_can, WhoCan(**deed), house.system())  # type: ignore[arg-type]  # free options of a test
    return [(one.name, one.by) for one in found]


def test_an_explanation_weighs_every_grant_that_holds_the_verb(stored_house: House) -> None:
    far = Grant("payments.*", within={Dimension.CHANNEL: frozenset({OTHER})})
    li = stored_house.person("li", REFUNDS, far, Grant("inventory.adjust"))
    query = ExplainAccess(li.id, "payments.refund", Scope(channel=SHOP), {"refund_minor": 6_000})
    told = stored_house.office.ask(explain_access, query, stored_house.system())
    assert (told.allowed, told.denial) == (False, "over-limit")
    assert told.explanation == "6000 is over the limit of 5000 for refund_minor in role li's"
    assert [(one.verb, one.denial) for one in told.weighed] == [("payments.refund", "over-limit"), ("payments.*", "out-of-scope")]


def test_an_allowed_deed_names_the_role_that_allows_it(house: House) -> None:
    li = house.person("li", REFUNDS)
    told = house.office.ask(explain_access, ExplainAccess(li.id, "payments.refund", Scope(channel=SHOP)), house.system())
    assert (told.allowed, told.by, told.explanation) == (True, "role li's", "allowed by role li's")


def test_who_can_is_the_same_decision_for_everybody(stored_house: House) -> None:
    house = stored_house
    house.person("li", REFUNDS)
    wang = house.person("wang", Grant("payments.*"))
    gone = house.person("gone", Grant("payments.*"))
    house.office.perform(disable_account, MoveAccount(gone.id, 2), house.system())
    assert able(house, verb="payments.refund", scope=Scope(channel=SHOP), amounts={"refund_minor": 5_000}) == [
        ("li", "role li's"),
        ("owner", "role owner"),
        ("wang", "role wang's"),
    ]
    assert [name for name, _ in able(house, verb="payments.refund", scope=Scope(channel=OTHER))] == ["owner", "wang"]
    assert [name for name, _ in able(house, verb="payments.refund", amounts={"refund_minor": 5_001}, maker=wang.id)] == ["owner"]


def test_a_disabled_account_is_explained_as_that(house: House) -> None:
    li = house.person("li", REFUNDS)
    house.office.perform(disable_account, MoveAccount(li.id, 2), house.system())
    told = house.office.ask(explain_access, ExplainAccess(li.id, "payments.refund"), house.system())
    assert (told.denial, told.weighed) == ("disabled", ())


def test_everybody_may_ask_about_themselves_and_not_about_others(house: House) -> None:
    li = house.person("li", REFUNDS)
    act = house.act("li")
    assert house.office.ask(explain_mine, ExplainAccess(li.id, "payments.refund", Scope(channel=SHOP)), act).allowed
    with pytest.raises(Forbidden):
        house.office.ask(explain_access, ExplainAccess(li.id, "payments.refund"), act)
    with pytest.raises(Forbidden):
        house.office.ask(who_can, WhoCan("payments.refund"), act)


def test_a_merchant_asks_about_its_own_people_only(house: House) -> None:
    role = (Assignment(house.role("explains", Grant("access.explain"), Grant("orders.read")).id),)
    house.person("mine", merchant_id=MerchantId(UUID(int=71)), roles=role)
    house.person("theirs", merchant_id=MerchantId(UUID(int=72)), roles=role)
    act = house.act("mine")
    assert [one.name for one in house.office.ask(who_can, WhoCan("orders.read"), act)] == ["mine"]
    with pytest.raises(NotFound):
        house.office.ask(explain_access, ExplainAccess(AccountId(house.act("theirs").actor), "orders.read"), act)


IN_SHOP = {Dimension.CHANNEL: frozenset({SHOP})}


def test_an_explanation_says_that_a_deed_is_the_whole_houses_and_the_right_is_not(stored_house: House) -> None:
    li = stored_house.person("li", Grant("customers.*", within=IN_SHOP))
    query = ExplainAccess(li.id, "customers.read", Scope(channel=SHOP))
    told = stored_house.office.ask(explain_access, query, stored_house.system())
    assert (told.allowed, told.denial) == (False, "house-wide")
    assert told.explanation == "role li's is narrowed to channels, and this is the house's as a whole"
    assert [(one.verb, one.denial) for one in told.weighed] == [("customers.*", "house-wide")]


def test_an_explanation_names_the_deeds_of_the_verb_that_stay_closed(house: House) -> None:
    li = house.person("li", Grant("catalog.settings", within=IN_SHOP))
    here, there = (ExplainAccess(li.id, "catalog.settings", Scope(channel=channel)) for channel in (SHOP, OTHER))
    told = house.office.ask(explain_access, here, house.system())
    assert told.allowed
    assert {one.denial for one in told.closed} == {"house-wide"}
    assert {"define_channel", "define_brand"} <= {one.deed for one in told.closed}
    assert "edit_channel" not in {one.deed for one in told.closed}
    told = house.office.ask(explain_access, there, house.system())
    assert (told.allowed, told.denial, told.closed) == (False, "out-of-scope", ())


def test_who_can_leaves_out_whose_right_is_too_narrow_for_the_deed(house: House) -> None:
    house.person("li", Grant("customers.*", within=IN_SHOP))
    house.person("wang", Grant("cases.*", within=IN_SHOP))
    house.person("own", Grant("customers.*", own_only=True))
    assert [name for name, _ in able(house, verb="customers.read")] == ["owner"]
    assert [name for name, _ in able(house, verb="cases.resolve", scope=Scope(channel=SHOP))] == ["owner", "wang"]
    assert [name for name, _ in able(house, verb="cases.resolve", scope=Scope(channel=OTHER))] == ["owner"]
    assert [name for name, _ in able(house, verb="cases.resolve", scope=Scope(channel=HOUSE))] == ["owner"]


def test_a_right_that_no_deed_needs_is_explained_by_what_was_asked(house: House) -> None:
    li = house.person("li", Grant("orders.*", within=IN_SHOP))
    embedded = ExplainAccess(li.id, "orders.gift-wrap", Scope(channel=SHOP))
    assert house.office.ask(explain_access, embedded, house.system()).allowed
    told = house.office.ask(explain_access, attrs.evolve(embedded, scope=Scope()), house.system())
    assert told.denial == "house-wide"
