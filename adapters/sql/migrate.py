"""Bring a database to this version's schema, or say how far it is from it.

A revision is called by its number, four digits, and by the number of the oldest one whose programs can go on while it is there:
`0007_0005` is the seventh schema, and a program that was made for the fifth still works with it. `0001` stands for `0001_0001`.
So a schema that only adds keeps the number behind; one that takes away what nobody reads any more moves it up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

FOLDER: Final = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Where the revisions lie."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def newest() -> str:
    """The revision that this version of the code needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None, "there is always a first revision"
    return head


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None where it holds no schema of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def suits(found: str | None, needed: str) -> bool:
    """Whether a program that was made for the schema `needed` can work with the one that was found."""
    if found is None:
        return False
    schema, _, oldest = found.partition("_")
    return (oldest or schema) <= needed.partition("_")[0] <= schema


def is_empty(engine: Engine) -> bool:
    """Whether the database holds no tables at all."""
    return not inspect(engine).get_table_names()


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run what is missing in one transaction; the revision before and after. `secure` comes next."""
    before = current(engine)
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest()
