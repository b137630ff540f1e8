"""SHA256withRSA (PKCS #1 v1.5) as WeChat Pay and Alipay sign, and the keys for it as their consoles hand them out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from houtai.domain.refusal import InvalidValue

T = TypeVar("T")

MIN_BITS: Final = 2048


def private_key(text: str, field: str) -> RSAPrivateKey:
    """A private key from PEM, or from its base64 alone. Raises InvalidValue, which does not show it."""
    key = _read(text, field, lambda raw: load_pem_private_key(raw, None), lambda raw: load_der_private_key(raw, None))
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_BITS:
        raise InvalidValue(field=field, rule=f"must be an RSA private key of {MIN_BITS} bits or more")
    return key


def public_key(text: str, field: str) -> RSAPublicKey:
    """A public key from PEM, or from its base64 alone. Raises InvalidValue."""
    key = _read(text, field, load_pem_public_key, load_der_public_key)
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_BITS:
        raise InvalidValue(field=field, rule=f"must be an RSA public key of {MIN_BITS} bits or more")
    return key


def signature(key: RSAPrivateKey, message: bytes) -> str:
    """The signature of exactly these bytes, in base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, message: bytes, given: str) -> bool:
    """Whether `given`, in base64, signs exactly these bytes; anything unreadable does not."""
    try:
        key.verify(base64.b64decode(given, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(text: str, field: str, pem: Callable[[bytes], T], der: Callable[[bytes], T]) -> T:
    try:
        if "-----BEGIN" in text:
            return pem(text.strip().encode())
        return der(base64.b64decode(re.sub(r"\s", "", text), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise InvalidValue(field=field, rule="must be an RSA key in PEM or base64, without a password") from None
