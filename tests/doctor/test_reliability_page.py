"""docs/reliability.md names every check of the doctor; run `python -m tests.doctor.test_reliability_page` to write its table anew."""

from __future__ import annotations

import re
from pathlib import Path

from houtai.adapters.sql.doctor.all_checks import CHECKS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
TABLE = re.compile(r"(?<=\| check \| what holds \|\n\| --- \| --- \|\n)(?:\|.*\n)*")


def table() -> str:
    return "".join(f"| `{check.id}` | {check.promise} |\n" for check in CHECKS)


def test_the_page_of_promises_is_what_the_doctor_checks() -> None:
    found = TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group() == table()


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
