"""Text in columns, where a Chinese sign is two wide: for receipts and for screens."""

from __future__ import annotations

import unicodedata


def cells(text: str) -> int:
    """How many columns a text takes: two for a Chinese sign."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def cut(text: str, width: int) -> str:
    """The text in at most so many columns, cut with two dots."""
    if cells(text) <= width:
        return text
    kept = ""
    for sign in text:
        if cells(kept + sign) > width - 2:
            break
        kept += sign
    return kept + ".."


def folded(text: str, width: int) -> list[str]:
    """The text in lines of at most so many columns."""
    lines, line = [], ""
    for sign in text:
        if cells(line + sign) > width:
            lines.append(line)
            line = ""
        line += sign
    return [*lines, line] if line else lines
