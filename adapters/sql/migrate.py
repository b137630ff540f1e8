"""Bring a database to this version's schema, or say how far it is from it."""

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
