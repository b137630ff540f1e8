"""`houtai doctor`."""

from __future__ import annotations

import platform
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.cli.closed_pipe import print_to_nobody
from houtai.entrypoints.cli.exits import BROKEN, WRONG_USE
from houtai.entrypoints.cli.options import as_json, database, say, to_json, without_password

if TYPE_CHECKING:
    from houtai.adapters.sql.doctor.check import Finding
    from houtai.adapters.sql.doctor.examine import Report
    from houtai.adapters.sql.store import SqlStore


@attrs.define(eq=False, slots=False)
class CannotExamine(Refusal):
    """The doctor could not run: no database, or one of another schema. Exit code 2, unlike everywhere else."""

    code = "doctor.cannot-run"
    kind = Kind.UNAVAILABLE
    text = "could not run: {why}"

    why: str


@click.command("doctor")
@click.option(
    "--audit-heads",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="HOUTAI_AUDIT_HEADS",
    show_envvar=True,
    metavar="DIR",
    help="Where `houtai serve` noted the operation log's head: compares every note with the log (A4).",
)
@database
@as_json
@click.pass_context
def command(ctx: click.Context, db: str, audit_heads: Path | None, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Check every invariant in one read-only snapshot, and show the set-up.

    Exits with 0 if all hold, 1 if one is broken, 2 if it could not run: no database, or one at another schema. It changes
    nothing; run it nightly.
    """
    try:
        report, setup = _examine(db, audit_heads)
    except CannotExamine as refused:
        answer = {"error": {"code": refused.code, "message": str(refused)}}
        click.echo(to_json(answer) if json_out else f"houtai: {refused.code}: {refused}", err=True)
        ctx.exit(WRONG_USE)
    try:
        _tell(report, setup, json_out=json_out)
    except BrokenPipeError:  # the verdict stands, whoever stopped reading
        print_to_nobody()
    if not report.ok:
        ctx.exit(BROKEN)


def _examine(db: str, audit_heads: Path | None) -> tuple[Report, dict[str, Any]]:
    """The report and the set-up. Raises CannotExamine."""
    from sqlalchemy.exc import DBAPIError

    from houtai.adapters.opening import open_database
    from houtai.adapters.sql.doctor.all_checks import CHECKS
    from houtai.adapters.sql.doctor.examine import examine
    from houtai.adapters.sql.doctor.heads import against_heads
    from houtai.adapters.sql.faults import translated
    from houtai.entrypoints.cli.house import check_kind, check_lasting, check_present, settings_for, sqlite_file, told_plainly
    from houtai.entrypoints.cli.progress import counting

    settings = settings_for(db)
    check_lasting(db)
    try:
        check_present(db)
        check_kind(db)
        _check_ours(sqlite_file(db))
        with closing(open_database(db)) as store, told_plainly(db), translated():
            setup = {"schema": _checked_schema(store), "database": _database(store), "config": _shown(settings)}
            checks = CHECKS if audit_heads is None else against_heads(CHECKS, audit_heads)
            with counting("Checks") as progress:
                return examine(store, checks, progress), setup
    except CannotExamine:
        raise
    except Refusal as refusal:
        raise CannotExamine(why=str(refusal)) from refusal
    except DBAPIError as error:  # a table that the schema has and the database lacks
        raise CannotExamine(why=str(error.orig)) from error


def _check_ours(path: Path | None) -> None:
    """Look read-only whether an SQLite file is a house at all: opening somebody else's for good would change its journal."""
    if path is None:
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        except sqlite3.DatabaseError as error:
            raise CannotExamine(why=f"{path}: {error}") from error
    if known is None:
        raise CannotExamine(why=f"{path} is the database of something else")


def _checked_schema(store: SqlStore) -> dict[str, str]:
    from houtai.adapters.sql import migrate

    found, needed = migrate.current(store.engine), migrate.newest()
    if found is None or not migrate.suits(found, needed):
        raise CannotExamine(why=f"the database is at schema {found or 'of something else'}, this version needs {needed}")
    return {"found": found, "needed": needed}


def _database(store: SqlStore) -> dict[str, str]:
    with store.engine.connect() as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return {"kind": store.engine.dialect.name, "version": version, "python": platform.python_version()}


def _shown(settings: Any) -> dict[str, Any]:
    """The settings in force, without what is secret in them."""
    shown = {**attrs.asdict(settings), "db": without_password(settings.db)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()}


def _tell(report: Report, setup: dict[str, Any], *, json_out: bool) -> None:
    if json_out:
        say({**report.as_plain(), **setup}, "", json_out=True)
    else:
        _print(report, setup)


def _print(report: Report, setup: dict[str, Any]) -> None:
    from rich.table import Table

    from houtai.entrypoints.cli.screen import Screen

    table = Table("Check", "What holds", "", "ms", title=None)
    for finding in report.findings:
        table.add_row(finding.id, finding.promise, _verdict(finding), str(finding.millis))
    console = Screen(highlight=False)
    console.print(table)
    for finding in report.broken():
        console.print(f"[bold red]{finding.id}[/] {finding.promise}:")
        for place in finding.first:
            console.print(f"  {place}", markup=False)
        if finding.count > len(finding.first):
            console.print(f"  … and {finding.count - len(finding.first)} more")
    for finding in report.findings:
        if finding.not_run:
            console.print(f"[yellow]{finding.id}[/] was not run: ", end="")
            console.print(finding.not_run, markup=False)
    console.print(f"schema {setup['schema']['found']}, {setup['database']['kind']} {setup['database']['version']}")
    console.print("  ".join(f"{name}={value}" for name, value in setup["config"].items()), markup=False)
    console.print("[green]All is well.[/]" if report.ok else "[bold red]Something is broken.[/]")


def _verdict(finding: Finding) -> str:
    if finding.not_run:
        return "[yellow]not run[/]"
    return "[green]ok[/]" if finding.ok else f"[bold red]{finding.count} broken[/]"
