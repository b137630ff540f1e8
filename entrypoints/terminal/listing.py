"""Lists in columns that stay in line whatever they hold: Chinese takes two cells, what is too long ends in an ellipsis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

ELLIPSIS: Final = "…"
GAP: Final = "  "


def fit(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut with an ellipsis where it is longer."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in text)
    if cell_len(plain) <= width:
        return set_cell_size(plain, width)
    return set_cell_size(set_cell_size(plain, max(0, width - 1)).rstrip() + ELLIPSIS, width) if width else ""


def widths_of(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How many cells each column gets: what it needs, the widest giving way until all fit into `room`."""
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    gaps = len(GAP) * (len(widths) - 1)
    while widths and sum(widths) + gaps > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def listed(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """The rows as lines of at most `room` cells each, the columns below each other."""
    widths = widths_of(rows, room)
    return [GAP.join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def folded(rows: Sequence[tuple[str, ...]], most: int) -> list[tuple[str, ...]]:
    """The rows as they are, or where they are more than `most`, in two halves beside each other under two heads."""
    if len(rows) <= most:
        return list(rows)
    head, *below = rows
    half = -(-len(below) // 2)
    right = [*below[half:], *[("",) * len(head)] * (2 * half - len(below))]
    return [(*head, *head), *((*one, *other) for one, other in zip(below[:half], right, strict=True))]
