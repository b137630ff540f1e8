"""API keys: issued by their owner for a machine, with a part of the owner's rights; revoked by owner or administrator."""

from __future__ import annotations

import datetime as dt

import attrs

from houtai.application.access.ports import AccessTx
from houtai.application.access.queries import KeyView, key_shown
from houtai.application.access.reach import check_charge, check_held, in_reach, roles_of
from houtai.application.permission import EVERY_AXIS, MERCHANT, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.application.verbs import check_verbs
from houtai.domain import limits
from houtai.domain.access.account import OWN_VERB
from houtai.domain.access.api_key import MOVES, ApiKey, ApiKeyState, check_life
from houtai.domain.access.networks import plain_networks
from houtai.domain.access.role import plain_grants
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import AccountId, ApiKeyId
from houtai.domain.moves import check_move
from houtai.domain.refusal import NotFound

REVOKE_KEYS = "access.keys.revoke"


@attrs.frozen
class IssueApiKey:
    """A key for the actor's own account; the secret hashes to `secret_hash` and begins with `prefix`."""

    key: ApiKeyId
    name: str = attrs.field(validator=limits.text(1, 100))
    prefix: str = attrs.field(validator=limits.text(8, 32))
    secret_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    grants: tuple[Grant, ...] = attrs.field(validator=plain_grants)
    expires_at: dt.datetime = attrs.field(validator=limits.aware)
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def issue_api_key(tx: AccessTx, cmd: IssueApiKey, act: Act) -> ApiKey:
    """Issue a key with some of one's own rights.

    Raises NotHeld for others, InvalidValue for a life beyond a year or a verb that there is not.
    """
    check_verbs(cmd.grants)
    check_life(act.at, cmd.expires_at)
    check_held(act, cmd.grants)
    key = ApiKey(
        id=cmd.key,
        account_id=AccountId(act.actor),
        name=cmd.name,
        prefix=cmd.prefix,
        secret_hash=cmd.secret_hash,
        grants=cmd.grants,
        created_at=act.at,
        expires_at=cmd.expires_at,
        networks=cmd.networks,
    )
    tx.api_keys.add(key)
    write_line(tx, act, "api key", key, "issued", before=None)
    return key


@attrs.frozen
class RevokeApiKey:
    """End a key."""

    key: ApiKeyId
    reason: str = attrs.field(default="", validator=limits.text(0, 500))


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def revoke_own_api_key(tx: AccessTx, cmd: RevokeApiKey, act: Act) -> KeyView:
    """End one of one's own keys. Raises NotFound for somebody else's, IllegalMove for one that has ended."""
    key = tx.api_keys.lock([cmd.key]).get(cmd.key)
    if key is None or key.account_id != act.actor:
        raise NotFound(what="api key", key=str(cmd.key))
    return _revoke(tx, key, cmd, act)


@needs(REVOKE_KEYS, along=(MERCHANT,))
def revoke_api_key(tx: AccessTx, cmd: RevokeApiKey, act: Act) -> KeyView:
    """End anybody's key. Raises NotFound, IllegalMove, NotHeld."""
    key = tx.api_keys.lock([cmd.key]).get(cmd.key)
    owner = tx.accounts.find(key.account_id) if key else None
    if key is None or owner is None or not in_reach(act, REVOKE_KEYS, owner):
        raise NotFound(what="api key", key=str(cmd.key))
    check_charge(act, owner, roles_of(tx, owner))
    return _revoke(tx, key, cmd, act)


def _revoke(tx: AccessTx, key: ApiKey, cmd: RevokeApiKey, act: Act) -> KeyView:
    check_move("api key", MOVES, key.state, ApiKeyState.REVOKED)
    revoked = attrs.evolve(key, state=ApiKeyState.REVOKED, version=key.version + 1)
    tx.api_keys.save(revoked)
    write_line(tx, act, "api key", revoked, "revoked", before=key.state, reason=cmd.reason)
    return key_shown(revoked, act.at)
