"""An API key: a machine's way in, with rights that never exceed its account's."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Final

import attrs

from houtai.domain import limits
from houtai.domain.access.account import OWN_VERB
from houtai.domain.access.networks import lies_within, plain_networks
from houtai.domain.access.refusals import AddressNotAllowed
from houtai.domain.access.role import plain_grants
from houtai.domain.authority import Authority, Grant, meet
from houtai.domain.ids import AccountId, ApiKeyId
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue

KEY_PREFIX: Final = "htk_"  # what every secret begins with, so that leaked ones can be searched for
LONGEST_LIFE: Final = dt.timedelta(days=366)


class ApiKeyState(enum.Enum):
    """Whether a key still opens."""

    ACTIVE = "active"
    REVOKED = "revoked"


MOVES: Final[Moves[ApiKeyState]] = {ApiKeyState.ACTIVE: {ApiKeyState.REVOKED}, ApiKeyState.REVOKED: set()}


@attrs.frozen
class ApiKey:
    """`prefix` is the part of the secret that finds the key and may be shown; `grants` what the key may do at most."""

    id: ApiKeyId
    account_id: AccountId
    name: str = attrs.field(validator=limits.text(1, 100))
    prefix: str
    secret_hash: str = attrs.field(repr=False)
    grants: tuple[Grant, ...] = attrs.field(validator=plain_grants)
    created_at: dt.datetime = attrs.field(validator=limits.aware)
    expires_at: dt.datetime = attrs.field(validator=limits.aware)
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)
    state: ApiKeyState = ApiKeyState.ACTIVE
    version: int = 1

    def live_at(self, at: dt.datetime) -> bool:
        """Whether the key still opens the door."""
        return self.state is ApiKeyState.ACTIVE and at < self.expires_at

    def check_address(self, address: str) -> None:
        """Refuse with AddressNotAllowed outside the key's own networks."""
        if not lies_within(address, self.networks):
            raise AddressNotAllowed(address=address or "inside the house")


def check_life(created_at: dt.datetime, expires_at: dt.datetime) -> None:
    """Refuse a key that ends before it begins or lives longer than a year."""
    if not created_at < expires_at <= created_at + LONGEST_LIFE:
        raise InvalidValue(field="expires_at", rule="must lie in the future and at most 366 days ahead")


def authority_of_key(key: ApiKey, owner: Authority) -> Authority:
    """What the key may do: its own grants as far as the account holds them at this moment, and none of a person's own affairs."""
    pairs = (meet(held, given) for given in key.grants for held in owner.grants)
    common = tuple(grant for grant in pairs if grant is not None)
    return Authority(owner.actor, common, without=frozenset({OWN_VERB}))
