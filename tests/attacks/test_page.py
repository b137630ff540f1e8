"""docs/attacks.md names every attack of the list, and every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "attacks.md"
LIST: Final = (
    *(1, 2, 4, 5, 6, 8, 10, 11, 13, 14, 15, 16, 18, 19, 20, 22, 23, 24, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 39),
    *(40, 42, 43, 44, 45, 48, 49, 50, 51, 53, 54, 55, 58, 60, 61, 62, 63, 65, 68, 70, 71, 73, 75, 77, 78, 79, 81, 83, 85, 87, 88),
)


def rows() -> dict[int, str]:
    """Number to what holds it."""
    found = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == len({number for number, _ in found})
    return {int(number): held_by for number, held_by in found}


def named(held_by: str) -> list[tuple[str, str]]:
    return re.findall(r"`([\w/]+\.py)::(test_\w+)`", held_by)


def test_every_attack_of_the_list_has_its_row() -> None:
    assert tuple(rows()) == LIST


def test_every_row_names_a_test_or_says_what_is_missing() -> None:
    assert [number for number, held_by in rows().items() if not (named(held_by) or held_by.startswith("not yet: "))] == []


def test_every_test_that_is_named_is_there() -> None:
    wanted = set(named(PAGE.read_text(encoding="utf-8")))
    assert wanted >= {one for held_by in rows().values() for one in named(held_by)}
    gone = {(file, test) for file, test in wanted if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")}
    assert gone == set()


def test_every_attack_that_is_tried_here_stands_in_its_row() -> None:
    table = rows()
    for file in Path(__file__).parent.glob("test_*_*.py"):
        for test, number in re.findall(r"^def (test_(\d\d)_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert (f"tests/attacks/{file.name}", test) in named(table[int(number)]), test
