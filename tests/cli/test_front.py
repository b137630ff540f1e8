"""The program's front: what every wrong call answers, how little it imports, and that a closed pipe is no error."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from houtai.application.ports import StoreUnavailable
from houtai.domain.refusal import Busy, NotFound, Refusal
from houtai.entrypoints.cli import main, version_command
from houtai.entrypoints.container import house
from houtai.entrypoints.settings import Settings
from houtai.entrypoints.timers import timers_of
from tests.cli.conftest import Program

ROOT = Path(__file__).parents[2]
HEAVY = ("alembic", "dependency_injector", "litestar", "psycopg", "rich", "sqlalchemy", "textual", "uvicorn", "xlsxwriter")


def python(code: str, cwd: Path | None = None) -> str:
    """What another interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd or ROOT, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize("wrong", [["nonsense"], ["version", "--nonsense"], ["version", "nonsense"], ["serve", "--port", "x"]])
def test_a_call_that_makes_no_sense_shows_the_usage_and_exits_with_2(houtai: Program, wrong: list[str]) -> None:
    ran = houtai(*wrong)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: houtai" in ran.err


def test_no_command_at_all_shows_the_help_and_exits_with_2(houtai: Program) -> None:
    ran = houtai()
    assert ran.code == 2
    assert all(name in ran.err for name in main.COMMANDS)


def test_asking_for_help_is_no_error(houtai: Program) -> None:
    assert [houtai("--help").code, houtai("migrate", "-h").code] == [0, 0]


def test_the_help_of_completion_shows_a_line_for_each_shell(houtai: Program) -> None:
    told = [line.strip() for line in houtai("completion", "--help").out.splitlines()]
    assert [line.partition(":")[0] for line in told if "houtai completion " in line and "Usage" not in line] == [
        "bash",
        "zsh",
        "fish",
    ]
    assert not any("\\b" in line or "\b" in line for line in told)


def test_a_wrong_call_with_json_is_one_object_on_stderr(houtai: Program) -> None:
    ran = houtai("export", "stock", "--sku-id", "7", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.error() == {
        "code": "wrong-use",
        "message": "Invalid value for '--sku-id': 7 is no id",
        "usage": "Usage: houtai export stock [OPTIONS]",
    }


@pytest.mark.parametrize(
    "url", ["shop.db", "mysql://root@localhost/shop", "sqlite:///", "sqlite:///:memory:", "postgresql://[::1/shop", ""]
)
def test_an_address_of_no_database_is_wrong_use(houtai: Program, url: str) -> None:
    ran = houtai("version", "--db", url, "--json")
    assert (ran.code, ran.error()["code"]) == (2, "wrong-use")


def test_a_password_on_the_command_line_is_refused_and_not_repeated(houtai: Program) -> None:
    ran = houtai("doctor", "--db", "postgresql://shop:geheim@localhost:1/shop")
    assert ran.code == 2
    assert "geheim" not in ran.err
    assert "HOUTAI_DB" in ran.err


def test_a_setting_out_of_its_range_is_wrong_use(houtai: Program, db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUTAI_THREADS", "0")
    assert houtai("user", "list", "--db", db).code == 2


class Bad(Exception):
    """What a fault of ours raises."""


@pytest.fixture
def version_raises(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Whatever is put into the list is raised by `houtai version`."""
    raised: list[BaseException] = []

    @click.command("version")
    @click.option("--json", is_flag=True)
    def failing(**_: object) -> None:
        raise raised.pop()

    monkeypatch.setattr(version_command, "command", failing)
    return raised


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(NotFound(what="account", key="nobody"), 3), (Busy(), 4)],
)
def test_a_rule_that_says_no_is_3_and_what_may_go_through_later_is_4(
    houtai: Program, version_raises: list[BaseException], refusal: Refusal, code: int
) -> None:
    version_raises += [refusal, refusal]
    ran = houtai("version", "--json")
    assert (ran.code, ran.out) == (code, "")
    assert ran.error() == {"code": refusal.code, "message": str(refusal), **refusal.facts()}
    assert houtai("version").err == f"houtai: {refusal.code}: {refusal}\n"


def test_an_interruption_is_130(houtai: Program, version_raises: list[BaseException]) -> None:
    version_raises.append(KeyboardInterrupt())
    assert houtai("version").code == 130


def test_a_missing_extra_is_named(houtai: Program, version_raises: list[BaseException]) -> None:
    version_raises.append(ModuleNotFoundError("No module named 'litestar.enums'", name="litestar.enums"))
    ran = houtai("version", "--json")
    assert (ran.code, ran.error()["extra"]) == (4, "api")


def test_a_fault_of_ours_is_not_swallowed(version_raises: list[BaseException]) -> None:
    version_raises += [Bad(), ModuleNotFoundError("No module named 'houtai.nonsense'", name="houtai.nonsense")]
    for kind in (ModuleNotFoundError, Bad):
        with pytest.raises(kind):
            main.run(["version"])


def run_into_a_closed_pipe(*arguments: str, cwd: Path = ROOT) -> tuple[int, str]:
    """The exit code and what stderr says where nobody reads stdout."""
    program = [sys.executable, "-c", f"from houtai.entrypoints.cli.main import run; run({list(arguments)})"]
    with subprocess.Popen(program, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        said = ran.stderr.read()
    return ran.returncode, said


@pytest.mark.parametrize("call", ["openapi", "doctor", "doctor --json", "user list", "export products", "completion bash"])
def test_a_closed_pipe_is_quiet(db: str, call: str) -> None:
    address = [] if call == "openapi" else ["--db", db]
    assert run_into_a_closed_pipe(*call.split(), *address) == (0, "")


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_broken_invariant_is_told_by_the_exit_code_into_a_closed_pipe_too(db: str, flags: list[str]) -> None:
    with contextlib.closing(sqlite3.connect(db.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(
            "INSERT INTO requests (owner, key, fingerprint, at) VALUES ('x', 'k', 'f', '2026-11-22 04:00:00.000000')"
        )
    assert run_into_a_closed_pipe("doctor", "--db", db, *flags) == (1, "")


def test_importing_the_library_is_quick_and_brings_no_web_screen_or_driver() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import houtai; spent = time.perf_counter() - start\n"
        f"import json; print(json.dumps([spent, sorted(set({HEAVY}) & set(sys.modules))]))"
    )
    runs = [json.loads(python(code)) for _ in range(3)]
    assert runs[0][1] == []
    assert min(spent for spent, _ in runs) < 0.3


def test_version_imports_no_database_and_no_web() -> None:
    code = (
        "import sys\nfrom houtai.entrypoints.cli.main import run\ntry:\n    run(['version'])\nexcept SystemExit as left:\n"
        f"    assert left.code == 0\n    print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    assert python(code).splitlines()[-1] == "[]"


def test_no_subcommand_imports_more_than_its_options_until_it_runs() -> None:
    code = (
        "import importlib, sys\nfrom houtai.entrypoints.cli.main import COMMANDS\n"
        "for name in COMMANDS:\n    importlib.import_module(f'houtai.entrypoints.cli.{name}_command')\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    assert python(code).strip() == "[]"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every subcommand, and those below it."""
    for name in main.COMMANDS:
        command = importlib.import_module(f"houtai.entrypoints.cli.{name}_command").command
        yield from ((f"{name} {part}", one) for part, one in getattr(command, "commands", {"": command}).items())


def test_every_subcommand_takes_db_and_json() -> None:
    lacking = [name for name, command in commands() if not {"db", "json_out"} <= {one.name for one in command.params}]
    assert lacking == []


def test_no_subcommand_takes_a_secret_as_an_argument() -> None:
    words = ("password", "secret", "token", "key")
    taken = [name for name, command in commands() for one in command.params if one.name in words]
    assert taken == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_gives_the_shells_own_script(houtai: Program, shell: str) -> None:
    ran = houtai("completion", shell, "--json")
    assert (ran.code, ran.json()["shell"]) == (0, shell)
    assert "_HOUTAI_COMPLETE" in ran.json()["script"]


def test_the_tab_key_completes_subcommands(houtai: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"_HOUTAI_COMPLETE": "bash_complete", "COMP_WORDS": "houtai com", "COMP_CWORD": "1"}.items():
        monkeypatch.setenv(name, value)
    assert houtai().out == "plain,completion\n"


def test_the_description_of_the_api_is_printed_or_written(houtai: Program, tmp_path: Path) -> None:
    printed = houtai("openapi").json()
    ran = houtai("openapi", "-o", "api.json", "--json")
    assert ran.json() == {"file": "api.json", "paths": len(printed["paths"])}
    assert json.loads((tmp_path / "api.json").read_text(encoding="utf-8")) == printed
    assert houtai("openapi", "-o", "nowhere/api.json").code == 2


def test_a_store_that_goes_away_halfway_is_4(houtai: Program, db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from houtai.application.office import Office

    def gone(*_: object) -> None:
        message = "server closed the connection unexpectedly\nThis probably means"
        raise StoreUnavailable(message)

    monkeypatch.setattr(Office, "ask", gone)
    ran = houtai("user", "list", "--db", db, "--json")
    assert ran.code == 4
    assert ran.error()["message"].endswith("cannot be used: server closed the connection unexpectedly")


def test_the_reference_names_every_subcommand_setting_and_timer() -> None:
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    settings = (ROOT / "entrypoints" / "settings.py").read_text(encoding="utf-8")
    container = house(Settings(db="memory://"))
    wanted = [f"houtai {name.strip()}" for name, _ in commands() if not name.startswith("export ")]
    wanted += [f"`{timer.name}`" for timer in timers_of(container)]
    wanted += sorted(set(re.findall(r"HOUTAI_[A-Z_]+", settings)))
    assert [words for words in wanted if words not in text] == []
