"""The house inside another program: one call to an office."""

from __future__ import annotations

from houtai.application.office import Office
from houtai.entrypoints.container import house
from houtai.entrypoints.settings import Settings


def open_office(url: str = "sqlite:///houtai.db") -> Office:
    """The office over the database behind `url` (memory://, sqlite:///FILE or postgresql://…).

    An empty database gets its schema; one at another version raises SchemaMismatch. Close it with `office.close()`.
    """
    return house(Settings(db=url)).office()
