"""A terminal's screen as a small SVG: each run of signs at its own cells, so that columns stay in line in any font."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any, Final

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

WIDE_PX: Final = 9.0
HIGH_PX: Final = 20
FONTS: Final = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Sarasa Mono SC', monospace"
BACKGROUND: Final = "#121212"
INK: Final = "#e0e0e0"
WORDS: Final = re.compile(r"\S+(?: \S+)*")
"""Signs without gaps: viewers take several blanks for one."""


def drawn(app: Any) -> str:
    """The app's screen as it is now."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    marks = [mark for row, strip in enumerate(strips) for mark in _row(row, strip)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_px(width)} {height * HIGH_PX}" font-size="16" xml:space="preserve"'
        f' font-family="{FONTS}">'
    )
    return "\n".join((head, f'<rect width="100%" height="100%" fill="{BACKGROUND}"/>', *marks, "</svg>", ""))


def _row(row: int, strip: Any) -> Iterator[str]:
    """What one line of the terminal needs: backgrounds that differ, then signs."""
    signs: list[str] = []
    column = 0
    for text, style, _ in strip:
        ink, ground, bold = _colours(style or Style())
        cells = cell_len(text)
        if ground != BACKGROUND:
            yield (
                f'<rect x="{_px(column)}" y="{row * HIGH_PX}" width="{_px(cells)}" height="{HIGH_PX}" fill="{ground}"'
                ' shape-rendering="crispEdges"/>'
            )
        for wide, run in groupby(text, key=lambda sign: cell_len(sign) > 1):
            shown, each = "".join(run), 2 if wide else 1
            for word in WORDS.finditer(shown):
                look = f' fill="{ink}"' + (' font-weight="bold"' if bold else "")
                signs.append(_text(word.group(), column + word.start() * each, row, look))
            column += len(shown) * each
    yield from signs


def _text(shown: str, column: int, row: int, look: str) -> str:
    """Signs of one width, from where they begin to where they end."""
    place = f'x="{_px(column)}" y="{row * HIGH_PX + 15}" textLength="{_px(cell_len(shown))}"'
    return f"<text {place}{look}>{escape(shown, quote=False)}</text>"


def _colours(style: Style) -> tuple[str, str, bool]:
    ink, ground = _hex(style.color, INK), _hex(style.bgcolor, BACKGROUND)
    if style.reverse:
        ink, ground = ground, ink
    return ink, ground, bool(style.bold)


def _hex(colour: Color | None, otherwise: str) -> str:
    return otherwise if colour is None or colour.is_default else colour.get_truecolor().hex


def _px(cells: int) -> str:
    return f"{cells * WIDE_PX:g}"
