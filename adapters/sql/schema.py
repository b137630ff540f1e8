"""The schema that the code describes: made at once for tests, written out as statements for the first revision."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import Engine, create_mock_engine

from houtai.adapters.sql import modules, reference
from houtai.adapters.sql.columns import METADATA as METADATA  # noqa: PLC0414  # this module is where others take it from
from houtai.adapters.sql.rights import secure

assert modules.MAPPINGS, "the modules' tables are registered by importing them"
assert reference.reference_heads.metadata is METADATA


def create_all(engine: Engine) -> None:
    """Make every table, index and trigger in an empty database, and what rights it can."""
    METADATA.create_all(engine)
    secure(engine)


def statements(dialect: str) -> list[str]:
    """What `create_all` would say to an empty database of this dialect (``sqlite`` or ``postgresql``), in order."""
    said: list[str] = []

    def hear(statement: Any, *_: Any, **__: Any) -> None:
        text = str(statement.compile(dialect=engine.dialect)).strip()
        said.append(text.replace("%%", "%"))  # the compiler doubles them for drivers that fill in parameters

    engine = create_mock_engine(f"{dialect}+psycopg://" if dialect == "postgresql" else "sqlite://", hear)
    METADATA.create_all(engine, checkfirst=False)
    return [one for is_index, run in groupby(said, _is_index) for one in (sorted(run) if is_index else run)]


def _is_index(statement: str) -> bool:
    """A table's indexes come in the order of a set, another one each time."""
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))
