"""Freight rules kept by use cases on every adapter, and over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import pytest

from houtai.application.catalog.define import DefineChannel, define_channel
from houtai.application.office import Office
from houtai.application.permission import needs
from houtai.application.shipping.freight import (
    DefineFreightRule,
    EditFreightRule,
    Freight,
    ListFreightRules,
    RetireFreightRule,
    define_freight_rule,
    edit_freight_rule,
    freight_of,
    list_freight_rules,
    retire_freight_rule,
    show_freight_rule,
)
from houtai.application.shipping.ports import FreightSource
from houtai.domain.act import Act
from houtai.domain.authority import Authority, Dimension, Grant
from houtai.domain.ids import ChannelId, new_id
from houtai.domain.refusal import Forbidden, IllegalMove, NotFound, VersionConflict
from houtai.domain.shipping.freight import FreightLine, FreightRule, FreightRuleId, FreightState, FreightTerms, NotDelivered
from tests.http_client import Caller

SHOP, OTHER = ChannelId(UUID(int=1)), ChannelId(UUID(int=2))
TERMS = FreightTerms(first_g=1000, first_minor=1000, step_g=1000, step_minor=500, free_from_minor=20000)
LINES = [FreightLine(1, 1200, 5000), FreightLine(2, 800, 5000)]


def open_shop(office: Office, act: Act, **terms: Any) -> FreightRule:
    for channel, code in ((SHOP, "shop"), (OTHER, "other")):
        office.perform(define_channel, DefineChannel(channel, code, code, "CNY"), act)
    cmd = DefineFreightRule(FreightRuleId(new_id()), SHOP, attrs.evolve(TERMS, **terms))
    return office.perform(define_freight_rule, cmd, act)


def clerk(system: Act, channel: ChannelId) -> Act:
    grants = tuple(Grant(verb, {Dimension.CHANNEL: frozenset({channel})}) for verb in ("shipping.rules", "shipping.read"))
    return attrs.evolve(system, actor=UUID(int=5), authority=Authority(UUID(int=5), grants), name="clerk")


@needs("tests.freight")
def charge(views: FreightSource, region: str, act: Act) -> Freight:
    """What the two lines cost to deliver."""
    return freight_of(views, SHOP, region, LINES, "CNY")


def test_a_rule_is_stored_whole_edited_and_retired(office: Office, system: Act) -> None:
    rule = open_shop(office, system, regions=("浙江", "江苏"), remote_regions=("舟山",), remote_minor=300)
    assert office.ask(show_freight_rule, rule.id, system) == rule
    edited = office.perform(edit_freight_rule, EditFreightRule(rule.id, 1, TERMS), system)
    retired = office.perform(retire_freight_rule, RetireFreightRule(rule.id, 2), system)
    assert (edited.terms, retired.state) == (TERMS, FreightState.RETIRED)
    assert office.ask(list_freight_rules, ListFreightRules(SHOP), system).items == (retired,)
    with pytest.raises(IllegalMove):
        office.perform(edit_freight_rule, EditFreightRule(rule.id, 3, TERMS), system)


def test_freight_is_charged_by_the_channels_rule_and_shared_by_weight(memory_office: Office, system: Act) -> None:
    rule = open_shop(memory_office, system)
    told = "freight 15.00 CNY for 2000 g: 10.00 CNY up to 1000 g, 5.00 CNY for each 1000 g beyond"
    assert memory_office.ask(charge, "浙江", system) == Freight(1500, {1: 900, 2: 600}, rule.id, told)


def test_a_channel_without_rules_charges_nothing(memory_office: Office, system: Act) -> None:
    assert memory_office.ask(charge, "浙江", system) == Freight(0, {1: 0, 2: 0}, None, "no freight is charged on this channel")


def test_a_region_out_of_all_rules_is_refused(memory_office: Office, system: Act) -> None:
    open_shop(memory_office, system, regions=("浙江",))
    with pytest.raises(NotDelivered):
        memory_office.ask(charge, "新疆", system)


def test_a_rule_for_an_unknown_channel_is_not_found(memory_office: Office, system: Act) -> None:
    with pytest.raises(NotFound):
        memory_office.perform(define_freight_rule, DefineFreightRule(FreightRuleId(new_id()), SHOP, TERMS), system)


def test_an_edit_rests_on_the_rules_version(memory_office: Office, system: Act) -> None:
    rule = open_shop(memory_office, system)
    with pytest.raises(VersionConflict):
        memory_office.perform(retire_freight_rule, RetireFreightRule(rule.id, 2), system)


def test_another_channels_clerk_finds_no_rule(memory_office: Office, system: Act) -> None:
    rule = open_shop(memory_office, system)
    stranger, own = clerk(system, OTHER), clerk(system, SHOP)
    with pytest.raises(NotFound):
        memory_office.perform(edit_freight_rule, EditFreightRule(rule.id, 1, TERMS), stranger)
    with pytest.raises(NotFound):
        memory_office.ask(show_freight_rule, rule.id, stranger)
    with pytest.raises(Forbidden):
        memory_office.perform(define_freight_rule, DefineFreightRule(FreightRuleId(new_id()), SHOP, TERMS), stranger)
    assert memory_office.ask(list_freight_rules, ListFreightRules(), stranger).items == ()
    assert memory_office.ask(list_freight_rules, ListFreightRules(), own).items == (rule,)


def test_rules_over_http(http_client: Caller, memory_office: Office, system: Act) -> None:
    open_shop(memory_office, system)
    body = {"channel_id": str(OTHER), "first_g": 1000, "first_minor": 800, "step_g": 500, "step_minor": 200}
    made = http_client.post("/freight-rules", body)
    path = made.headers["location"].removeprefix("/v1")
    assert (made.status_code, http_client.get(path).json()) == (201, made.json())
    del body["channel_id"]
    edited = http_client.put(path, {**body, "free_from_minor": 9900}, version=1)
    assert (edited.json()["free_from_minor"], edited.headers["etag"]) == (9900, '"2"')
    assert http_client.post(f"{path}/retire", version=2).json()["state"] == "retired"
    assert [rule["state"] for rule in http_client.get("/freight-rules", channel_id=str(OTHER)).json()["items"]] == ["retired"]
