"""The keys that WeChat Pay signs with: its public key, or certificates that it hands out sealed; and what it seals for us."""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificate

from houtai.adapters.payments.rsa import is_signed, public_key
from houtai.adapters.payments.wire import Answer
from houtai.application.payments.ports import AnswerLost, NothingDone
from houtai.application.ports import Clock

ALGORITHM: Final = "AEAD_AES_256_GCM"
_PAUSE: Final = dt.timedelta(minutes=10)  # between two fetches: a forged serial is no reason for more


class Keyring(Protocol):
    """The parts of an account that keys come from."""

    @property
    def apiv3_key(self) -> str:
        """What WeChat seals with."""

    @property
    def public_key_id(self) -> str:
        """The name of its public key; empty where it signs with certificates."""

    @property
    def public_key(self) -> str:
        """The key itself."""


class PlatformKeys:
    """WeChat's keys by serial. Certificates are fetched when one is needed that is not here, and kept until they end."""

    def __init__(self, account: Keyring, clock: Clock, *, fetch: Callable[[], Answer]) -> None:
        """`fetch` asks for the certificates, signed by us. Raises InvalidValue for a public key that is none."""
        self._apiv3_key = account.apiv3_key
        self._clock = clock
        self._fetch = fetch
        self._turn = threading.Lock()
        self._fetched_at: dt.datetime | None = None
        self._known: dict[str, tuple[RSAPublicKey, dt.datetime | None]] = {}
        if account.public_key_id:
            self._known[account.public_key_id] = (public_key(account.public_key, "public_key"), None)
        self._fetches = not account.public_key_id

    def have_signed(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """Whether these bytes, with the time and nonce beside them, are signed by a key of WeChat's."""
        key = self._find(headers.get("wechatpay-serial", ""))
        return key is not None and _is_signed(key, headers, raw)

    def _find(self, serial: str) -> RSAPublicKey | None:
        found = self._valid(serial)
        if found is not None or not serial or not self._fetches:
            return found
        with self._turn:
            if self._valid(serial) is None and self._may_fetch():
                self._fetched_at = self._clock.now()
                self._known |= self._certificates()
        return self._valid(serial)

    def _valid(self, serial: str) -> RSAPublicKey | None:
        key, until = self._known.get(serial, (None, None))
        return None if until is not None and until < self._clock.now() else key

    def _may_fetch(self) -> bool:
        return self._fetched_at is None or self._clock.now() - self._fetched_at >= _PAUSE

    def _certificates(self) -> dict[str, tuple[RSAPublicKey, dt.datetime | None]]:
        """Those that lie in an answer that one of them has signed; none where it cannot be had or believed."""
        try:
            answer = self._fetch()
            told = json.loads(answer.raw)["data"] if answer.status == 200 else []
            found = dict(self._certificate(one) for one in told)
        except (AnswerLost, NothingDone, InvalidTag, ValueError, KeyError, TypeError, AttributeError):
            return {}
        signer = found.get(answer.headers.get("wechatpay-serial", ""))
        return found if signer is not None and _is_signed(signer[0], answer.headers, answer.raw) else {}

    def _certificate(self, told: Mapping[str, Any]) -> tuple[str, tuple[RSAPublicKey, dt.datetime | None]]:
        certificate = load_pem_x509_certificate(opened(told["encrypt_certificate"], self._apiv3_key))
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey) or int(told["serial_no"], 16) != certificate.serial_number:
            raise ValueError("no certificate of WeChat's")
        return str(told["serial_no"]), (key, certificate.not_valid_after_utc)


def opened(sealed: Mapping[str, Any], apiv3_key: str) -> bytes:
    """What WeChat sealed for us. Raises InvalidTag where it was sealed for another, ValueError, KeyError and TypeError."""
    if sealed["algorithm"] != ALGORITHM:
        raise ValueError("sealed by an algorithm that is not known here")
    nonce, data = sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"], validate=True)
    return AESGCM(apiv3_key.encode()).decrypt(nonce, data, (sealed.get("associated_data") or "").encode())


def _is_signed(key: RSAPublicKey, headers: Mapping[str, str], raw: bytes) -> bool:
    stamp, nonce, given = (headers.get(f"wechatpay-{name}", "") for name in ("timestamp", "nonce", "signature"))
    return is_signed(key, f"{stamp}\n{nonce}\n".encode() + raw + b"\n", given)
