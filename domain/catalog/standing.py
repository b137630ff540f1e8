"""Whether master data is in use: nothing of it is ever deleted, because old documents point to it."""

from __future__ import annotations

import enum

from houtai.domain.moves import Moves


class Standing(enum.Enum):
    """In use, or put away (and brought back when needed)."""

    ACTIVE = "active"
    RETIRED = "retired"


MOVES: Moves[Standing] = {Standing.ACTIVE: {Standing.RETIRED}, Standing.RETIRED: {Standing.ACTIVE}}
