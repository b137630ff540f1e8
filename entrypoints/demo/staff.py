"""The demo's people: a first start without a default password, roles with bounds, and seven accounts."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from houtai.application.access.shape_role import CreateRole, create_role
from houtai.domain.access.account import Assignment
from houtai.domain.act import Entry, Origin
from houtai.domain.authority import Grant
from houtai.domain.ids import AccountId, ApiKeyId, RoleId, new_id
from houtai.entrypoints.demo.stage import Stage

OWNER: Final = "owner"
DOOR: Final = Origin(Entry.COMMAND_LINE)


def everything(*verbs: str) -> tuple[Grant, ...]:
    """Grants of these verbs everywhere."""
    return tuple(Grant(verb) for verb in verbs)


# Name, what the role is for, and its grants; the amounts are in fen and units.
ROLES: Final = {
    "wang": ("王 · merchandise", everything("catalog.*", "merchants.*", "inventory.*", "pricing.*")),
    "li": ("李 · review", everything("catalog.*", "inventory.*")),
    "zhao": ("赵 · operations", everything("pricing.*", "orders.*", "catalog.read")),
    "chen": (
        "陈 · customer service",
        (
            *everything("customers.*", "orders.read", "orders.quote", "orders.place", "orders.note", "orders.release-hold"),
            *everything("aftersales.read", "aftersales.apply", "aftersales.review"),
            Grant("orders.cancel", limits={"refund_minor": 50_000}),
            Grant("aftersales.approve", limits={"refund_minor": 50_000}),
        ),
    ),
    "he": ("何 · aftersales", everything("aftersales.*", "orders.read")),
    "sun": ("孙 · finance", everything("ledger.*", "payments.*", "orders.read")),
    "wu": ("吴 · shift lead", everything("outbound.*", "printing.*", "warehouse.read", "orders.read")),
}


def hire(stage: Stage) -> None:
    """The owner's first start, then everybody's account; each changes the one-time password that was handed out."""
    credentials = stage.container.credentials()
    first = stage.tell(
        OWNER, "first start: a one-time password is printed once, there is no default one", credentials.first_start
    )
    assert first is not None, "the demo begins in an empty house"
    settle_in(stage, OWNER, first.password)
    for name, (title, grants) in ROLES.items():

        def take_on(name: str = name, title: str = title, grants: tuple[Grant, ...] = grants) -> None:
            role = stage.office.perform(create_role, CreateRole(RoleId(new_id()), title, grants), stage.act(OWNER))
            opened = credentials.open_account(AccountId(new_id()), name, title, stage.act(OWNER), roles=(Assignment(role.id),))
            settle_in(stage, name, opened.password)

        stage.tell(OWNER, f"opens the account {name} ({title})", take_on)

    def hand_key() -> None:
        until = stage.clock.now() + dt.timedelta(days=90)
        credentials.issue_api_key(ApiKeyId(new_id()), "天猫同步", everything("orders.import"), until, stage.act(OWNER))

    stage.tell(OWNER, "issues an API key that can take over channel orders and nothing else", hand_key)


def settle_in(stage: Stage, name: str, one_time: str) -> None:
    """Log in with the one-time password, choose another, log in again."""
    authenticator, credentials = stage.container.authenticator(), stage.container.credentials()
    stage.clock.advance(seconds=5)
    token = authenticator.log_in(name, one_time, "", DOOR).token
    chosen = secrets.token_urlsafe(18)
    credentials.change_own_password(one_time, chosen, authenticator.act_of_token(token, DOOR, with_one_time_password=True))
    stage.clock.advance(seconds=5)
    stage.enrol(name, authenticator.log_in(name, chosen, "", DOOR).token)
