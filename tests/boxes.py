"""A box for tests, with a key that everybody knows."""

from __future__ import annotations

from houtai.adapters.secret_box import AesSecretBox

KEY = "a-key-for-tests-which-all-may-know"
OTHER_KEY = "another-key-for-tests-that-turn-keys"


def a_box(*keys: str) -> AesSecretBox:
    """A box with these keys, the one that everybody knows if none is given."""
    return AesSecretBox(lambda: keys or (KEY,))
