"""Write a revision: the whole schema as plain SQL for the first one, the difference to the last one afterwards.

Run as ``python -m houtai.adapters.sql.migrations.make "what it changes"``. Autogenerate sees neither CHECKs nor triggers:
add them by hand; a test compares a migrated database with the tables in code and names what is missing.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import create_engine

from houtai.adapters.sql import columns, schema
from houtai.adapters.sql.migrate import FOLDER, configuration

BREAK: Final = "\n;;\n"
FIRST: Final = FOLDER / "versions"


def write_first() -> None:
    """The first revision's statements, one file a dialect; statements are parted by a line of two semicolons."""
    for dialect in ("sqlite", "postgresql"):
        text = BREAK.join(schema.statements(dialect))
        (FIRST / f"0001_first.{dialect}.sql").write_text(text + "\n", encoding="utf-8")


def render_item(kind: str, thing: Any, context: AutogenContext) -> str | bool:
    """Our own column types by their import."""
    if kind == "type" and isinstance(thing, columns.Moment):
        context.imports.add("from houtai.adapters.sql.columns import Moment")
        return "Moment()"
    return False


def write_next(message: str) -> None:
    """The next revision's file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'last.db'}")
        config = configuration()
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            config.attributes["render_item"] = render_item
            number = 1 + len(list(FIRST.glob("0*.py")))
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()


if __name__ == "__main__":
    if sys.argv[1:] == ["--first"]:
        write_first()
    else:
        write_next(sys.argv[1])
