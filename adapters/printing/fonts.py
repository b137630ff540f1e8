"""Which TrueType font with Chinese glyphs this machine has, and how words are fitted into their boxes with it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs

from houtai.domain.printing.refusals import FontMissing

_PLACES: Final = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/simsun.ttc",
)
_WHEEL: Final = "justmytype_intl_cjk"
_IN_WHEEL: Final = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
_SMALLEST: Final = (100, 90, 80, 70, 62)  # per cent of the wanted size, tried in this order
ELLIPSIS: Final = "…"


@attrs.frozen
class FontFile:
    """A font's file. `variable` ones stand at their thinnest weight until they are told another."""

    path: Path
    variable: bool = False


def font_places() -> Iterator[Path]:
    """Where a font is looked for when none is named: what the system has first, then the package of the extra `fonts`."""
    yield from (Path(place) for place in _PLACES)
    spec = importlib.util.find_spec(_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        yield Path(folder) / _IN_WHEEL


def find_font(named: str = "") -> FontFile:
    """The font that is named, else the first that is found. Raises FontMissing."""
    if named:
        path = Path(named)
        if not path.is_file():
            raise FontMissing(detail=f"HOUTAI_FONT names {named}, which is no file")
        return _checked(path)
    for path in font_places():
        if path.is_file():
            return _checked(path)
    raise FontMissing


def _checked(path: Path) -> FontFile:
    with path.open("rb") as file:
        head = file.read(4_096)
    if head[:4] == b"OTTO":
        raise FontMissing(detail=f"{path} has PostScript outlines, which cannot be embedded")
    if head[:4] not in (b"\x00\x01\x00\x00", b"true", b"ttcf"):
        raise FontMissing(detail=f"{path} is no TrueType font")
    return FontFile(path, variable=head[:4] != b"ttcf" and b"fvar" in head[:1_024])


def fit(text: str, width: int, size: int, lines: int, measure: Callable[[str, int], int]) -> tuple[int, tuple[str, ...]]:
    """The size and the lines that stay within the width: smaller down to six tenths, then cut with an ellipsis.

    Control signs and line breaks count as blanks. `measure(text, size)` and `width` share a unit.
    """
    flat = " ".join(text.split())
    for percent in _SMALLEST:
        smaller = max(1, size * percent // 100)
        wrapped = _wrapped(flat, width, smaller, measure)
        if len(wrapped) <= lines:
            return smaller, wrapped
    kept = [*wrapped[: lines - 1], _cut(flat[sum(map(len, wrapped[: lines - 1])) :].strip(), width, smaller, measure)]
    return smaller, tuple(kept)


def _wrapped(text: str, width: int, size: int, measure: Callable[[str, int], int]) -> tuple[str, ...]:
    found, rest = [], text
    while rest and measure(rest, size) > width:
        end = _longest(rest, width, size, measure)
        blank = rest.rfind(" ", 0, end + 1)
        latin = end < len(rest) and rest[end].isascii() and rest[end - 1].isascii()
        cut = blank if blank > 0 and latin else end
        found.append(rest[:cut])
        rest = rest[cut:].lstrip()
    return (*found, rest) if rest else tuple(found)


def _longest(text: str, width: int, size: int, measure: Callable[[str, int], int]) -> int:
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle], size) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, width: int, size: int, measure: Callable[[str, int], int]) -> str:
    if measure(text, size) <= width:
        return text
    end = _longest(text, max(1, width - measure(ELLIPSIS, size)), size, measure)
    return text[:end].rstrip() + ELLIPSIS
