"""`houtai backup`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import attrs
import rich_click as click

from houtai.domain.refusal import Kind, Refusal
from houtai.entrypoints.cli.options import as_json, database, say


@attrs.define(eq=False, slots=False)
class BackupNotWritten(Refusal):
    """The copy could not be made; nothing that looks like one is left behind."""

    code = "backup.not-written"
    kind = Kind.UNAVAILABLE
    text = "no backup was written to {where}: {why}"

    where: str
    why: str


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database
@as_json
def command(file: Path, db: str, json_out: bool) -> None:  # noqa: FBT001  # click passes flags by name
    """Copy an SQLite database into FILE while it is in use. FILE must not be there yet.

    The copy is one moment of the house, whole and on the disk. For a PostgreSQL use pg_dump or pg_basebackup; the key that seals
    secrets is no part of either. docs/operations.md has the steps back.
    """
    from houtai.adapters.sql.backup import copy_sqlite
    from houtai.entrypoints.cli.house import check_kind, check_lasting, check_present, sqlite_file
    from houtai.entrypoints.cli.progress import counting

    check_lasting(db)
    check_present(db)
    check_kind(db)
    source = sqlite_file(db)
    if source is None:
        message = "copies SQLite files only; for PostgreSQL use pg_dump or pg_basebackup, see docs/operations.md"
        raise click.UsageError(message)
    try:
        with counting("Bytes") as progress:
            size = copy_sqlite(source, file, progress)
    except OSError as error:
        raise BackupNotWritten(where=str(file), why=error.strerror or str(error)) from error
    except sqlite3.Error as error:
        raise BackupNotWritten(where=str(file), why=str(error)) from error
    say({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes", json_out=json_out)
