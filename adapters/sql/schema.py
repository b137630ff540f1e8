"""The schema: made at once for tests, by migrations for everybody else."""

from __future__ import annotations

from sqlalchemy import Engine

from houtai.adapters.sql import modules
from houtai.adapters.sql.columns import METADATA

assert modules.MAPPINGS, "the modules' tables are registered by importing them"


def create_all(engine: Engine) -> None:
    """Make every table, index and trigger in an empty database."""
    METADATA.create_all(engine)
