"""Sealed secrets and the keys they need: whether every one can be opened, and sealing them anew under the first key."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from houtai.application.access.open_account import WRITE_ACCOUNTS
from houtai.application.access.ports import AccessTx, AccessViews, whose_codes
from houtai.application.paging import MAX_LIMIT, Page
from houtai.application.permission import needs
from houtai.application.plain import SECRET
from houtai.application.ports import Performer
from houtai.application.secret_box import SealBroken, SecretBox
from houtai.domain.act import Act
from houtai.domain.ids import AccountId


@attrs.frozen
class Sealed:
    """An account with one-time codes and the sealed form of their secret."""

    account: AccountId
    secret: str = attrs.field(repr=False, metadata={SECRET: True})


@attrs.frozen
class SealedPage:
    """Some accounts' sealed secrets, and where to go on; empty at the end."""

    items: tuple[Sealed, ...]
    next_cursor: str


@needs("access.accounts.read")
def list_sealed(views: AccessViews, page: Page, _: Act) -> SealedPage:
    """The sealed secrets of a page of accounts, for the house itself: a grant that is narrowed sees none of them."""
    found = views.accounts.page(page)
    sealed = (Sealed(account.id, account.totp.secret) for account in found.items if account.totp is not None)
    return SealedPage(tuple(sealed), found.next_cursor)


@attrs.frozen
class ResealCodes:
    """The same secret under another key: `seen` is replaced by `sealed`."""

    account: AccountId
    seen: str = attrs.field(repr=False, metadata={SECRET: True})
    sealed: str = attrs.field(repr=False, metadata={SECRET: True})


@needs(WRITE_ACCOUNTS)
def reseal_codes(tx: AccessTx, cmd: ResealCodes, _: Act) -> bool:
    """Keep the secret in its new form; False where it was changed or dropped since it was read. Raises NotFound.

    The account gets no new version, because nothing that anybody edits has changed.
    """
    account = tx.accounts.lock_one(cmd.account)
    if account.totp is None or account.totp.secret != cmd.seen:
        return False
    tx.accounts.save(attrs.evolve(account, totp=attrs.evolve(account.totp, secret=cmd.sealed)))
    return True


def check_secrets(office: Performer, box: SecretBox, act: Act) -> int:
    """How many sealed secrets the house has. Raises SealBroken for the first whose key is not at hand; nothing is opened."""
    count = 0
    for sealed in _all(office, act):
        key_id = box.key_of(sealed.secret)
        if key_id not in box.key_ids():
            raise SealBroken(key_id=key_id)
        count += 1
    return count


def reseal(office: Performer, box: SecretBox, act: Act) -> int:
    """Seal anew, under the first key, what an older key has sealed; how many. Raises SealBroken, NoSecretKey.

    It may be broken off and run again, and others may work meanwhile.
    """
    count = 0
    for sealed in list(_all(office, act)):
        if box.key_of(sealed.secret) != next(iter(box.key_ids()), ""):
            whose = whose_codes(sealed.account)
            anew = box.seal(box.open(sealed.secret, whose), whose)
            count += office.perform(reseal_codes, ResealCodes(sealed.account, sealed.secret, anew), act)
    return count


def _all(office: Performer, act: Act) -> Iterator[Sealed]:
    page = Page(limit=MAX_LIMIT)
    while True:
        found = office.ask(list_sealed, page, act)
        yield from found.items
        if not found.next_cursor:
            return
        page = Page(limit=MAX_LIMIT, cursor=found.next_cursor)
