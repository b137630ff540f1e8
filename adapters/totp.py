"""Time-based one-time codes by pyotp: six digits, thirty seconds, one step of tolerance."""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Final

import pyotp

from houtai.application.access.ports import SharedSecret, whose_codes
from houtai.application.secret_box import SecretBox
from houtai.domain.ids import AccountId

STEP_S: Final = 30


class PyotpCodes:
    """See the port `OneTimeCodes`."""

    def __init__(self, box: SecretBox, issuer: str = "Houtai") -> None:
        """`issuer` is the name that an authenticator shows."""
        self._box = box
        self._issuer = issuer

    def new_secret(self, owner: AccountId) -> SharedSecret:
        """See `OneTimeCodes.new_secret`: 160 bits."""
        plain = pyotp.random_base32(32)
        return SharedSecret(plain, self._box.seal(plain, whose_codes(owner)))

    def step_of(self, owner: AccountId, sealed: str, code: str, at: dt.datetime) -> int | None:
        """See `OneTimeCodes.step_of`."""
        totp = pyotp.TOTP(self._box.open(sealed, whose_codes(owner)), interval=STEP_S)
        now = int(at.timestamp()) // STEP_S
        steps = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
        return steps[0] if steps else None

    def enrolment_uri(self, secret: str, name: str) -> str:
        """See `OneTimeCodes.enrolment_uri`."""
        return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=self._issuer)
