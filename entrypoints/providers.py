"""The payment providers of a process: those of the file that HOUTAI_PAYMENTS names, and in development the embedded one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from houtai.adapters.payments.embedded import EmbeddedGateway
from houtai.application.payments.ports import Gateways, PaymentGateway
from houtai.application.ports import Clock
from houtai.domain.refusal import InvalidValue
from houtai.entrypoints.account_files import account_of, kind_of, read_tables
from houtai.entrypoints.settings import DEVELOPMENT, Settings

SQLITE: Final = "sqlite:///"
FIELD: Final = "HOUTAI_PAYMENTS"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)


def gateways_of(settings: Settings, clock: Clock) -> Gateways:
    """The payment providers by name. Raises InvalidValue for a file that cannot be used; it never shows what stands in it.

    In development there is the embedded one, which signs with a secret that ends with the process. What it knows of payments
    lies in a file beside an SQLite database, so that it outlives the process as a provider does.
    """
    found: dict[str, PaymentGateway] = {}
    if settings.env == DEVELOPMENT:
        lies_in = settings.db.removeprefix(SQLITE).partition("?")[0]
        beside = lies_in + "-gateway" if settings.db.startswith(SQLITE) and lies_in else ":memory:"
        embedded = EmbeddedGateway(clock, secret=secrets.token_bytes(32), path=beside)
        found[embedded.name] = embedded
    if settings.payments:
        found |= {name: _gateway(name, table, clock) for name, table in read_tables(settings.payments, FIELD).items()}
    return found


def _gateway(name: str, table: Any, clock: Clock) -> PaymentGateway:
    where = f"{FIELD}: {name}"
    if not _NAME.fullmatch(name):
        raise InvalidValue(field=where, rule="must be named by small letters, digits and hyphens")
    made = _KINDS[kind_of(table, _KINDS, where)]
    try:
        return made(table, where, clock, name)
    except InvalidValue as wrong:
        field = wrong.field if wrong.field.startswith(where) else f"{where}.{wrong.field}"
        raise InvalidValue(field=field, rule=wrong.rule) from None


def _stripe(table: Mapping[str, Any], where: str, clock: Clock, name: str) -> PaymentGateway:
    from houtai.adapters.payments.stripe import StripeAccount, StripeGateway  # noqa: PLC0415  # only where one is set up

    return StripeGateway(account_of(StripeAccount, table, where), clock, name=name)


def _wechat(table: Mapping[str, Any], where: str, clock: Clock, name: str) -> PaymentGateway:
    from houtai.adapters.payments.wechat import WechatAccount, WechatGateway  # noqa: PLC0415  # loads cryptography

    return WechatGateway(account_of(WechatAccount, table, where), clock, name=name)


def _alipay(table: Mapping[str, Any], where: str, clock: Clock, name: str) -> PaymentGateway:
    from houtai.adapters.payments.alipay import AlipayAccount, AlipayGateway  # noqa: PLC0415  # loads cryptography

    return AlipayGateway(account_of(AlipayAccount, table, where), clock, name=name)


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], str, Clock, str], PaymentGateway]]] = {
    "alipay": _alipay,
    "stripe": _stripe,
    "wechat": _wechat,
}
