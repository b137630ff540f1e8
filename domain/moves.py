"""State machines as one literal per document: from which state which states may follow."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Set as AbstractSet
from typing import TypeVar

from houtai.domain.refusal import IllegalMove

S = TypeVar("S", bound=enum.Enum)

Moves = Mapping[S, AbstractSet[S]]


def check_move(what: str, moves: Moves[S], current: S, wanted: S) -> None:
    """Refuse a move that the literal does not hold, naming the legal ones."""
    legal = moves[current]
    if wanted not in legal:
        names = tuple(sorted(state.value for state in legal))
        raise IllegalMove(what=what, current=current.value, wanted=wanted.value, legal=names)


def terminal(moves: Moves[S]) -> frozenset[S]:
    """The states that nothing leaves."""
    return frozenset(state for state, legal in moves.items() if not legal)
