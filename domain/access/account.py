"""An account: who somebody is at the door, which roles they hold for how long, and from where they may come in."""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import lies_within, plain_networks
from houtai.domain.access.refusals import AddressNotAllowed, LastAdministrator
from houtai.domain.access.role import Role
from houtai.domain.access.totp import Totp
from houtai.domain.authority import Authority, Dimension, Grant, meet
from houtai.domain.ids import AccountId, MerchantId, RoleId
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue

OWN_VERB: Final = "access.own"
_NAME: Final = re.compile(r"[^\W_][\w.@+-]{0,63}")


class AccountState(enum.Enum):
    """Whether an account may come in."""

    ACTIVE = "active"
    DISABLED = "disabled"


MOVES: Final[Moves[AccountState]] = {AccountState.ACTIVE: {AccountState.DISABLED}, AccountState.DISABLED: {AccountState.ACTIVE}}


def login_name(text: str) -> str:
    """A login name in the form it is stored and looked up in: NFKC, lower case. Raises InvalidValue."""
    plain = fold_name(text)
    if not _NAME.fullmatch(plain):
        rule = "must have 1 to 64 letters, digits or . _ - + @ and begin with a letter or digit"
        raise InvalidValue(field="name", rule=rule)
    return plain


def fold_name(text: str) -> str:
    """What somebody typed as a name, in the form names are looked up in; at most 200 characters of it."""
    return unicodedata.normalize("NFKC", text[:200]).strip().casefold()


def _plain_name(_: Any, __: Any, value: str) -> None:
    if login_name(value) != value:
        raise InvalidValue(field="name", rule="must be in lower case")


@attrs.frozen
class Assignment:
    """A role held from one moment until another (excluded); no end or beginning where None."""

    role_id: RoleId
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None

    def valid_at(self, at: dt.datetime) -> bool:
        """Whether the role is held at `at`."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_until is None or at < self.valid_until)


def _plain_roles(_: Any, attribute: attrs.Attribute[Any], roles: tuple[Assignment, ...]) -> None:
    limits.at_most(50)(_, attribute, roles)
    if len({role.role_id for role in roles}) != len(roles):
        raise InvalidValue(field=attribute.name, rule="must name each role once")
    for place, role in enumerate(roles):
        moments = [moment for moment in (role.valid_from, role.valid_until) if moment is not None]
        if any(moment.tzinfo is None for moment in moments):
            raise InvalidValue(field=f"{attribute.name}[{place}]", rule="must carry a time zone")
        if len(moments) == 2 and moments[0] >= moments[1]:
            raise InvalidValue(field=f"{attribute.name}[{place}]", rule="must not end before it begins")


@attrs.frozen
class Account:
    """One person or machine. With a `merchant_id` it belongs to that merchant and none of its rights reach beyond.

    `one_time_until` marks a password that was handed out: it has to be changed, and goes dead at that moment.
    """

    id: AccountId
    name: str = attrs.field(validator=_plain_name)
    display_name: str = attrs.field(validator=limits.text(1, 100))
    password_hash: str = attrs.field(repr=False)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    state: AccountState = AccountState.ACTIVE
    roles: tuple[Assignment, ...] = attrs.field(default=(), validator=_plain_roles)
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)
    totp: Totp | None = attrs.field(default=None, repr=False)
    must_change_password: bool = False
    one_time_until: dt.datetime | None = None
    merchant_id: MerchantId | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether it may come in at all."""
        return self.state is AccountState.ACTIVE

    def came_in(self, choose_until: dt.datetime) -> Account:
        """After a login: a password that was handed out lives on until `choose_until` at the latest, for choosing another."""
        if not self.must_change_password:
            return self
        return attrs.evolve(self, one_time_until=min(self.one_time_until or choose_until, choose_until))


def authority_of(account: Account, roles: Mapping[RoleId, Role]) -> Authority:
    """All that an account may do by its roles, each for its time, nothing beyond its merchant; nothing while disabled.

    Everybody may see to their own password, sessions, keys and codes.
    """
    if not account.open:
        return Authority(account.id)
    held: list[Grant] = [Grant(OWN_VERB, own_only=True, source="every account")]
    for assignment in account.roles:
        role = roles.get(assignment.role_id)
        for grant in role.held() if role else ():
            timed = Grant("*", valid_from=assignment.valid_from, valid_until=assignment.valid_until)
            narrowed = meet(grant, timed)
            assert narrowed is not None, "everything meets *"
            held.append(narrowed)
    return Authority(account.id, tuple(held if account.merchant_id is None else _of_merchant(held, account.merchant_id)))


def _of_merchant(grants: Iterable[Grant], merchant: UUID) -> list[Grant]:
    lid = Grant("*", within={Dimension.MERCHANT: frozenset({merchant})})
    return [narrowed for grant in grants if (narrowed := meet(grant, lid)) is not None]


def check_address(account: Account, roles: Mapping[RoleId, Role], address: str, at: dt.datetime) -> None:
    """Refuse with AddressNotAllowed unless the account's rule and that of each role it holds now let the address in."""
    rules = [account.networks]
    for assignment in account.roles:
        role = roles.get(assignment.role_id)
        if role is not None and role.held() and assignment.valid_at(at):
            rules.append(role.networks)
    if not all(lies_within(address, rule) for rule in rules):
        raise AddressNotAllowed(address=address or "inside the house")


def administers(account: Account, roles: Mapping[RoleId, Role], at: dt.datetime) -> bool:
    """Whether the account may do everything everywhere, now and without an end."""
    everything = Grant("*", valid_from=at)
    return Authority(account.id, tuple(_begun(authority_of(account, roles).grants, at))).holds((everything,))


def _begun(grants: Iterable[Grant], at: dt.datetime) -> Iterable[Grant]:
    return (attrs.evolve(grant, valid_from=None) for grant in grants if grant.valid_at(at))


def check_administered(
    before: Iterable[Account], after: Iterable[Account], old: Mapping[RoleId, Role], new: Mapping[RoleId, Role], at: dt.datetime
) -> None:
    """Refuse with LastAdministrator a change after which nobody administers the house, if somebody did before it."""
    had = [account for account in before if administers(account, old, at)]
    if had and not any(administers(account, new, at) for account in after):
        raise LastAdministrator(name=had[0].name)
