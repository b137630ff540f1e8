"""The library's face: light to import, complete, and typed by one stub that is made from what is there."""

from __future__ import annotations

import subprocess
import sys

import houtai
from tests.public_names import STUB, clashes, public, stub

HEAVY = ("litestar", "textual", "psycopg", "sqlalchemy", "click", "rich", "cattrs", "alembic")


def test_the_stub_holds_every_public_name() -> None:
    assert STUB.read_text(encoding="utf-8") == stub(), "run python -m tests.public_names"


def test_every_public_name_can_be_imported() -> None:
    assert [name for name in dir(houtai) if getattr(houtai, name, None) is None] == []


def test_no_use_case_and_no_refusal_hides_behind_another_name() -> None:
    shared = clashes(public())
    deeds = [name for name, homes in shared.items() if name[0].islower() or any(home.endswith("refusals") for home in homes)]
    assert deeds == []


def test_importing_the_library_is_light() -> None:
    program = (
        "import time; start = time.perf_counter(); import houtai; took = time.perf_counter() - start; import sys; "
        f"print(took, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    took, loaded = ran.stdout.split(maxsplit=1)
    assert loaded.strip() == "[]"
    assert float(took) < 0.3
