"""Sealing with AES-256-GCM under keys from the environment, a file, or a file made beside an SQLite database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from houtai.application.secret_box import NoSecretKey, SealBroken
from houtai.domain.refusal import InvalidValue

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK: Final = "s1"  # the form: s1.<key id>.<nonce and ciphertext in base64url>
MIN_LENGTH: Final = 32
_NONCE_BYTES: Final = 12
_SQLITE: Final = "sqlite:///"


class AesSecretBox:
    """See the port `SecretBox`. Each text is bound to its owner, so that it opens in no other row."""

    def __init__(self, keys: Callable[[], Sequence[str]]) -> None:
        """`keys` is asked when a key is first needed: texts of 32 characters and more, the one that seals first."""
        self._keys = keys
        self._once = threading.Lock()
        self._ciphers: dict[str, AESGCM] | None = None

    def seal(self, plain: str, whose: str) -> str:
        """See `SecretBox.seal`."""
        for key_id, cipher in self._known().items():
            nonce = secrets.token_bytes(_NONCE_BYTES)
            closed = nonce + cipher.encrypt(nonce, plain.encode(), whose.encode())
            return f"{MARK}.{key_id}.{base64.urlsafe_b64encode(closed).decode()}"
        raise NoSecretKey

    def open(self, sealed: str, whose: str) -> str:
        """See `SecretBox.open`."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # half of what `houtai --version` takes

        key_id = self.key_of(sealed)
        cipher = self._known().get(key_id)
        if cipher is None:
            raise SealBroken(key_id=key_id)
        try:
            closed = base64.urlsafe_b64decode(sealed.rpartition(".")[2])
            return cipher.decrypt(closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], whose.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as broken:
            raise SealBroken(key_id=key_id) from broken

    def key_of(self, sealed: str) -> str:
        """See `SecretBox.key_of`."""
        mark, _, rest = sealed.partition(".")
        return rest.partition(".")[0] if mark == MARK else ""

    def key_ids(self) -> tuple[str, ...]:
        """See `SecretBox.key_ids`."""
        return tuple(self._known())

    def _known(self) -> dict[str, AESGCM]:
        with self._once:
            if self._ciphers is None:
                from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

                self._ciphers = {}
                for text in self._keys():
                    key = hashlib.sha256(b"houtai secret key\n" + text.encode()).digest()
                    self._ciphers.setdefault(hashlib.sha256(key).hexdigest()[:8], AESGCM(key))
            return self._ciphers


def new_key() -> str:
    """A fresh key: 256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def keys_of(given: str, file: str, db: str) -> Callable[[], Sequence[str]]:
    """Where the keys come from: the text `given`, else the named file, else what fits the database.

    An SQLite database has its own file beside it, NAME-secret-key, which only its owner may read and which is made with a
    fresh key when a secret is first sealed. In memory a key lasts as long as the process. A PostgreSQL has none: what several
    machines share must be given to each. The answer raises InvalidValue for a file that is not there or a key that is weak.
    """
    if given.strip():
        return lambda: _checked(given.replace(",", " ").split(), "HOUTAI_SECRET_KEY")
    if file:
        return lambda: _checked(_read(Path(file)), "HOUTAI_SECRET_KEY_FILE")
    if db.startswith(_SQLITE):
        path = Path(db.removeprefix(_SQLITE).partition("?")[0] + "-secret-key")
        return lambda: _checked(_made_once(path), str(path))
    if db.startswith("memory:"):
        key = new_key()
        return lambda: (key,)
    return tuple


def _checked(texts: Sequence[str], field: str) -> Sequence[str]:
    if any(len(text) < MIN_LENGTH for text in texts) or not texts:
        raise InvalidValue(field=field, rule=f"must hold one or several keys of {MIN_LENGTH} characters or more")
    return texts


def _read(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(field="HOUTAI_SECRET_KEY_FILE", rule=f"{path} cannot be read") from error


def _made_once(path: Path) -> Sequence[str]:
    """The keys in the file; of several processes that find none, one makes it, whole or not at all."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first, and its key counts
        finally:
            draft.unlink()
    return _read(path)
