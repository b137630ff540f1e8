"""One-time codes for one's own account: set up, confirmed by a first code, switched off again."""

from __future__ import annotations

import attrs

from houtai.application.access.ports import AccessTx
from houtai.application.access.set_password import lock_proved
from houtai.application.permission import EVERY_AXIS, needs
from houtai.application.plain import SECRET
from houtai.application.timeline import write_line
from houtai.domain.access.account import OWN_VERB, Account
from houtai.domain.access.totp import Totp, in_place, set_up
from houtai.domain.act import Act
from houtai.domain.ids import AccountId


@attrs.frozen
class SetUpCodes:
    """Keep the sealed form of a new authenticator's secret; the present password was verified against `seen_hash`."""

    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})
    secret: str = attrs.field(repr=False, metadata={SECRET: True})


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def set_up_codes(tx: AccessTx, cmd: SetUpCodes, act: Act) -> Account:
    """Begin with one-time codes; login asks for them once they are confirmed. Raises WrongPassword, CodesAlreadyOn."""
    account = lock_proved(tx, cmd.seen_hash, act)
    return _with(tx, act, account, set_up(account.totp, cmd.secret), "codes-set-up")


@attrs.frozen
class ConfirmCodes:
    """A first code was made by the authenticator: `step` is its time step, None for a wrong one."""

    step: int | None
    recovery: tuple[str, ...] = attrs.field(repr=False, metadata={SECRET: True})


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def confirm_codes(tx: AccessTx, cmd: ConfirmCodes, act: Act) -> Account:
    """Switch one-time codes on. Raises CodesNotSetUp, CodesAlreadyOn, WrongCode."""
    account = tx.accounts.lock_one(AccountId(act.actor))
    return _with(tx, act, account, in_place(account.totp).confirm(cmd.step, cmd.recovery, act.at), "codes-on")


@attrs.frozen
class DropCodes:
    """Switch one-time codes off; the present password was verified against `seen_hash`."""

    seen_hash: str = attrs.field(repr=False, metadata={SECRET: True})


@needs(OWN_VERB, regardless=EVERY_AXIS, own=True)
def drop_codes(tx: AccessTx, cmd: DropCodes, act: Act) -> Account:
    """Switch one's own one-time codes off. Raises WrongPassword, CodesNotSetUp."""
    account = lock_proved(tx, cmd.seen_hash, act)
    in_place(account.totp)
    return _with(tx, act, account, None, "codes-off")


def _with(tx: AccessTx, act: Act, account: Account, totp: Totp | None, event: str) -> Account:
    changed = attrs.evolve(account, totp=totp, version=account.version + 1)
    tx.accounts.save(changed)
    write_line(tx, act, "account", changed, event, before=account.state)
    return changed
