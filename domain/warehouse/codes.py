"""The codes that the house prints itself: each kind has its prefix, so that a scan means the same thing at every station."""

from __future__ import annotations

import enum
import re
from typing import Any, Final

import attrs

from houtai.domain.limits import Validator
from houtai.domain.refusal import InvalidValue

MAX_CODE = 48
_CODE = re.compile(r"[LHWSC]-[0-9A-Z](?:[0-9A-Z./_-]*[0-9A-Z])?")


class Prefix(enum.Enum):
    """What a code of ours names, by its first two characters."""

    LOCATION = "L-"
    UNIT = "H-"
    WAVE = "W-"
    STAFF = "S-"
    COMMAND = "C-"


def own_code(prefix: Prefix) -> Validator:
    """A code of ours: the prefix, then capital letters and digits with ``. - _ /`` between them, 48 characters in all."""

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, str):
            message = f"{attribute.name} must be a text"
            raise TypeError(message)
        if not value.startswith(prefix.value) or len(value) > MAX_CODE or _CODE.fullmatch(value) is None:
            rule = f"must be {prefix.value} and capital letters or digits (. - _ / between them), {MAX_CODE} characters at most"
            raise InvalidValue(field=attribute.name, rule=rule)

    return check


def prefix_of(code: str) -> Prefix | None:
    """Which of our kinds a scanned code claims to be; None for a code that is not ours."""
    return next((prefix for prefix in Prefix if code.startswith(prefix.value)), None)


class Command(enum.Enum):
    """What a command barcode does, the same at every station; printed as ``C-DONE``."""

    DONE = "DONE"
    SHORT = "SHORT"
    SKIP = "SKIP"
    UNDO = "UNDO"
    FULL = "FULL"
    YES = "YES"
    NO = "NO"
    CANCEL = "CANCEL"
    LOCK = "LOCK"
    LEAVE = "LEAVE"
    MENU = "MENU"
    LANGUAGE = "LANGUAGE"
    RESUME = "RESUME"
    REPRINT = "REPRINT"
    PRINTED = "PRINTED"
    AS_NEW = "AS-NEW"
    OPENED = "OPENED"
    DAMAGED = "DAMAGED"
    NOT_OURS = "NOT-OURS"
    RESTOCK = "RESTOCK"
    B_GRADE = "B-GRADE"
    TO_SUPPLIER = "TO-SUPPLIER"
    SCRAP = "SCRAP"
    REPAIR = "REPAIR"
    TO_CUSTOMER = "TO-CUSTOMER"

    @property
    def barcode(self) -> str:
        """The code to scan."""
        return f"{Prefix.COMMAND.value}{self.value}"


PRINT_COMMANDS: Final = frozenset({Command.RESUME, Command.REPRINT, Command.PRINTED})
"""What somebody says at a station of a print that is not well, whatever they are doing there."""


def command_of(code: str) -> Command | None:
    """The command behind a scanned code; None where there is none."""
    return next((command for command in Command if command.barcode == code), None)
