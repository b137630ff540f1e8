"""The golden cases of access, each by its number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from houtai.application.access.operation_log import VerifyAudit, verify_audit
from houtai.application.access.queries import ExplainAccess, explain_access
from houtai.application.office import Office
from houtai.domain.access.networks import client_address
from houtai.domain.access.refusals import AddressNotAllowed
from houtai.domain.authority import Dimension, Grant, Scope
from tests.access.door import House, open_house

NEAR, FAR = UUID(int=501), UUID(int=502)


def test_g38_four_distinct_explained_denials(stored_house: House) -> None:
    near = {Dimension.WAREHOUSE: frozenset({NEAR})}
    agent = stored_house.person(
        "agent", Grant("orders.cancel", limits={"refund_minor": 20_000}), Grant("inventory.adjust", within=near)
    )
    deeds = [
        ExplainAccess(agent.id, "payments.refund", Scope(warehouse=NEAR)),
        ExplainAccess(agent.id, "orders.cancel", Scope(), {"refund_minor": 20_001}),
        ExplainAccess(agent.id, "inventory.adjust", Scope(warehouse=FAR)),
        ExplainAccess(agent.id, "inventory.adjust", Scope(warehouse=NEAR), maker=agent.id),
    ]
    told = [stored_house.office.ask(explain_access, deed, stored_house.system()) for deed in deeds]
    assert [(one.allowed, one.denial, one.explanation) for one in told] == [
        (False, "no-verb", "no role of yours holds payments.refund"),
        (False, "over-limit", "20001 is over the limit of 20000 for refund_minor in role agent's"),
        (False, "out-of-scope", "role agent's does not reach this warehouse"),
        (False, "same-person", "whoever made it cannot be the one who checks it; another person has to"),
    ]


@pytest.mark.parametrize(
    ("peer", "forwarded_for"),
    [
        ("10.0.0.19", []),  # a rule for 10.0.0.1 is not a rule for what begins like it
        ("198.51.100.7", ["10.0.0.1"]),  # a forged header on a direct connection
        ("172.16.0.1", ["10.0.0.1, 198.51.100.7"]),  # a forged entry before the trusted proxy's own
        ("::ffff:10.0.0.19", []),
        ("::ffff:198.51.100.7", ["::ffff:10.0.0.1"]),
    ],
)
def test_g39_an_address_outside_the_rule_is_denied_however_it_is_dressed(
    house: House, peer: str, forwarded_for: list[str]
) -> None:
    house.person("li", networks=("10.0.0.1/32",))
    address = client_address(peer, forwarded_for, ["172.16.0.0/12"])
    with pytest.raises(AddressNotAllowed):
        house.enter("li", address=address)


@pytest.mark.parametrize(("peer", "forwarded_for"), [("::ffff:10.0.0.1", []), ("172.16.0.1", ["9.9.9.9, 10.0.0.1"])])
def test_g39_the_address_of_the_rule_itself_comes_in(house: House, peer: str, forwarded_for: list[str]) -> None:
    house.person("li", networks=("10.0.0.1/32",))
    assert house.enter("li", address=client_address(peer, forwarded_for, ["172.16.0.0/12"])).account.name == "li"


@pytest.mark.breaks("A1", "A3", "A5", "M3")
def test_g40_a_row_edited_in_the_database_is_named_as_the_first_broken_link(sql_store: Any, clock: Any) -> None:
    house = open_house(Office(sql_store, clock), clock)
    for _ in range(3):
        house.enter()
    with sql_store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("UPDATE audit_log SET actor_name = 'somebody else' WHERE seq IN (3, 5)"))
    verdict = house.office.ask(verify_audit, VerifyAudit(), house.system())
    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.broken.what) == (3, "row 3 was changed after it was written")
