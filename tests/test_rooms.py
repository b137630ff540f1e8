"""The house keeps its own rules, and each check finds the violation that it exists for."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import BigInteger, CheckConstraint, Integer, UniqueConstraint

import houtai.application
import houtai.domain
from houtai.adapters.memory.store import MemoryStore, MemoryTx
from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.modules import MAPPINGS, TOTALS
from houtai.application.reactions import REACTIONS
from houtai.application.tx import RECORDS, SUMS, Tx, Views
from houtai.domain.event import Event
from houtai.domain.refusal import Refusal
from tests import rooms

ROOT = Path(__file__).parents[1]

PLANTED: dict[Callable[[Path], list[str]], tuple[str, str]] = {
    rooms.long_files: ("domain/long.py", '"""Long."""\n' + "X = 1\n" * 400),
    rooms.long_functions: ("domain/long.py", '"""Long."""\ndef f():\n' + "    x = 1\n" * 50),
    rooms.crowd_names: ("application/orders/helpers.py", '"""A crowd."""\n'),
    rooms.nameless_files: ("domain/nameless.py", "X = 1\n"),
    rooms.foreign_imports_in_domain: ("domain/foreign.py", '"""Foreign."""\nimport sqlalchemy\n'),
    rooms.floats: ("domain/price.py", '"""A price."""\nRATE = 0.1\n'),
    rooms.clocks: ("domain/now.py", '"""Now."""\nimport datetime as dt\nNOW = dt.datetime.now()\n'),
    rooms.unmarked_use_cases: ("application/orders/place.py", '"""Place."""\ndef place(tx, cmd, act):\n    return None\n'),
    rooms.stray_commits: ("application/orders/place.py", '"""Place."""\ndef place(tx):\n    tx.commit()\n'),
    rooms.broad_excepts: ("adapters/x.py", '"""X."""\ntry:\n    pass\nexcept Exception:\n    pass\n'),
}


@pytest.mark.parametrize("rule", rooms.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize("rule", rooms.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_finds_its_planted_violation(rule: Callable[[Path], list[str]], tmp_path: Path) -> None:
    name, text = PLANTED[rule]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text)
    assert len(rule(tmp_path)) == 1


def _walk(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)


def _subclasses(kind: type) -> set[type]:
    directly: list[type] = kind.__subclasses__()
    return {kind, *(deep for direct in directly for deep in _subclasses(direct))}


def _ours(kind: type) -> list[type]:
    _walk(houtai.domain)
    _walk(houtai.application)
    return [found for found in _subclasses(kind) if found is not kind and found.__module__.startswith("houtai.")]


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes: dict[str, set[str]] = {}
    for refusal in _ours(Refusal):
        codes.setdefault(refusal.code, set()).add(refusal.__qualname__)  # type: ignore[attr-defined]  # subclasses of Refusal
    assert {code: names for code, names in codes.items() if len(names) > 1} == {}


def test_every_event_has_a_row_in_the_reactions() -> None:
    said = {event.__name__ for event in _ours(Event) if not event.__subclasses__()}
    assert said == {event.__name__ for event in REACTIONS}


def test_amounts_and_quantities_are_integers_with_a_check() -> None:
    loose = []
    for table in METADATA.tables.values():
        held = {*table.constraints, *(check for column in table.columns for check in column.constraints)}
        checks = " ".join(str(check.sqltext) for check in held if isinstance(check, CheckConstraint))
        for column in table.columns:
            if re.search(r"_(qty|minor|g|mm)$", column.name):
                whole = isinstance(column.type, BigInteger | Integer)
                if not (whole and re.search(rf"\b{column.name}\b", checks)):
                    loose.append(f"{table.name}.{column.name}")
    assert loose == []


def test_every_record_lies_in_tables_and_every_lookup_has_an_index() -> None:
    assert {mapping.records.name for mapping in MAPPINGS} == {records.name for records in RECORDS}
    assert set(TOTALS) == set(SUMS)
    bare = []
    for mapping in MAPPINGS:
        keys = [tuple(index.columns.keys()) for index in mapping.table.indexes]
        keys += [tuple(c.columns.keys()) for c in mapping.table.constraints if isinstance(c, UniqueConstraint)]
        keys.append(tuple(mapping.table.primary_key.columns.keys()))
        for index in mapping.records.indexes:
            names = tuple(mapping.found_by[index])
            if not any(key[: len(names)] == names for key in keys):
                bare.append(f"{mapping.table.name} by {names}")
    assert bare == []


@pytest.mark.parametrize("wide", [Tx, Views])
def test_the_adapters_hold_what_the_wide_protocols_promise(wide: type) -> None:
    promised = {name for kind in wide.__mro__ for name, member in vars(kind).items() if isinstance(member, property)}
    known = {records.name for records in RECORDS} | set(SUMS)
    assert promised <= known
    tx = MemoryTx(MemoryStore())
    assert all(getattr(tx, name) is not None for name in known)


def test_the_readme_names_every_module() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    modules = {
        path.name for room in ("domain", "application") for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()
    }
    named = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert named == modules


IMPORT_VIOLATIONS = {
    "layers": ("domain/access/account.py", "import houtai.application.office\n"),
    "modules": ("domain/access/account.py", "import houtai.domain.catalog.sku\n"),
    "domain-is-pure": ("domain/access/account.py", "import sqlalchemy\n"),
    "application-is-pure": ("application/access/ports.py", "import litestar\n"),
    "wiring-in-one-place": ("entrypoints/http/app.py", "import dependency_injector\n"),
    "import-houtai-is-light": ("application/access/ports.py", "import houtai.adapters.sql.store\n"),
}


@pytest.mark.parametrize("contract", IMPORT_VIOLATIONS)
def test_the_import_contract_finds_its_planted_violation(contract: str, tmp_path: Path) -> None:
    name, line = IMPORT_VIOLATIONS[contract]
    shutil.copytree(ROOT / "houtai", tmp_path / "houtai", ignore=shutil.ignore_patterns("__pycache__", "vendored"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "houtai" / name
    planted.write_text(planted.read_text(encoding="utf-8") + line, encoding="utf-8")
    found = _lint_imports(tmp_path, contract)
    assert "BROKEN" in found


def test_the_import_contracts_are_kept() -> None:
    assert "0 broken" in _lint_imports(ROOT)


def _lint_imports(root: Path, contract: str = "") -> str:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    chosen = ["--contract", contract] if contract else []
    ran = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *chosen], cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    return ran.stdout + ran.stderr
