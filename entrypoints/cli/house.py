"""The house behind a subcommand: opened by URL, closed at the end, with its faults told in the words of the command line."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import click

from houtai.domain.act import Act, Entry, Origin
from houtai.domain.refusal import Busy, InvalidValue, Kind, Refusal
from houtai.entrypoints.cli.options import MEMORY, SQLITE, without_password

if TYPE_CHECKING:
    from houtai.application.office import Office
    from houtai.entrypoints.container import Container
    from houtai.entrypoints.settings import Settings

SQLITE_HEADER: Final = b"SQLite format 3\0"


@attrs.define(eq=False, slots=False)
class NoDatabase(Refusal):
    """Nothing is at this address, and this command makes nothing."""

    code = "no-database"
    kind = Kind.UNAVAILABLE
    text = "there is no database at {where}: `houtai migrate` makes one"

    where: str


def settings_for(db: str) -> Settings:
    """The HOUTAI_* settings with this database; wrong use where one of them is out of its range."""
    from houtai.entrypoints.settings import Settings

    try:
        return Settings.from_environment({**os.environ, "HOUTAI_DB": db})
    except InvalidValue as wrong:
        raise click.UsageError(str(wrong)) from wrong


@contextmanager
def open_house(db: str) -> Iterator[Container]:
    """A container over a database that is there. Raises NoDatabase, SchemaMismatch, Busy where it cannot be reached."""
    check_lasting(db)
    check_present(db)
    with open_or_make_house(settings_for(db)) as container:
        yield container


@contextmanager
def open_or_make_house(settings: Settings) -> Iterator[Container]:
    """The same; an empty or missing database gets the schema."""
    from houtai.adapters.sql.faults import translated
    from houtai.entrypoints.container import house

    check_kind(settings.db)
    container = house(settings)
    with told_plainly(settings.db), translated():
        office = container.office()
        try:
            yield container
        finally:
            office.close()


@contextmanager
def told_plainly(db: str) -> Iterator[None]:
    """Say which database cannot be used, and its driver's first word for it. Raises Busy."""
    from houtai.application.ports import StoreUnavailable, TryAgain

    try:
        yield
    except (StoreUnavailable, TryAgain) as down:
        why = next(iter(str(down).splitlines()), "it does not answer")
        raise Busy(what=f"the database {without_password(db)} cannot be used: {why}") from down


def check_lasting(db: str) -> None:
    """Wrong use for memory://, where what one command writes no other one finds."""
    if db == MEMORY:
        message = "memory:// ends with the program that opened it; name a database that lasts"
        raise click.UsageError(message)


def check_present(db: str) -> None:
    """Raise NoDatabase for an SQLite file that is not there: opening it would make it."""
    path = sqlite_file(db)
    if path is not None and not (path.is_file() and path.stat().st_size):
        raise NoDatabase(where=str(path))


def check_kind(db: str) -> None:
    """Wrong use for a file that is no SQLite database."""
    path = sqlite_file(db)
    if path is None or not path.exists():
        return
    if not path.is_file():
        message = f"{path} is no file"
        raise click.UsageError(message)
    with path.open("rb") as file:
        begin = file.read(len(SQLITE_HEADER))
    if begin and begin != SQLITE_HEADER:
        message = f"{path} is not an SQLite database"
        raise click.UsageError(message)


def sqlite_file(db: str) -> Path | None:
    """The file behind an sqlite:/// URL; None for other kinds."""
    if not db.startswith(SQLITE):
        return None
    return Path(db.removeprefix(SQLITE).partition("?")[0])


def act_of_shell(office: Office, reason: str = "") -> Act:
    """The act of whoever may start this program with the database's address: all rights, logged with the machine's user."""
    act = Act.of_system(office.clock.now(), Entry.COMMAND_LINE, reason)
    return attrs.evolve(act, origin=Origin(Entry.COMMAND_LINE, agent=_machine_user()))


def _machine_user() -> str:
    try:
        return getpass.getuser()[:100]
    except (KeyError, OSError):  # a container's user without a name
        return f"uid {os.getuid()}"
