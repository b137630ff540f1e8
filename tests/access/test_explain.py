"""Why somebody may or may not, and who can: the same decision, told in words and taken for everybody."""

from __future__ import annotations

from uuid import UUID

import pytest

from houtai.application.access.change_account import MoveAccount, disable_account
from houtai.application.access.queries import ExplainAccess, WhoCan, explain_access, explain_mine, who_can
from houtai.domain.access.account import Assignment
from houtai.domain.authority import Dimension, Grant, Scope
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
