"""Full-text indexes over a table's `search_text`: a GIN index on PostgreSQL, an FTS5 table kept by triggers on SQLite."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Index, Select, Table, column, event, func, select, table, text

from houtai.adapters.sql.columns import ddl
from houtai.domain.catalog.words import Words

COMMON: Final = 2_000  # from so many finds on, gathering and sorting all of them is dearer than reading along the list
SIMPLE: Final = text("'simple'")  # no column expression: an index takes its table from the first column that it meets


def search_index(indexed: Table) -> Table:
    """Index the table's `search_text` for `matches`; its key must be one column called `id`."""
    vector = func.to_tsvector(SIMPLE, indexed.c.search_text)
    Index(f"ix_{indexed.name}_search_text", vector, postgresql_using="gin").ddl_if(dialect="postgresql")
    for statement in sqlite_search_statements(indexed.name):
        event.listen(indexed, "after_create", ddl(statement.replace("%", "%%")).execute_if(dialect="sqlite"))
    return indexed


def sqlite_search_statements(name: str) -> list[str]:
    """What SQLite needs to search a table; migrations run the same ones.

    The words lie under row numbers of their own: a table's implicit ones may change when the file is compacted.
    """
    row = f"(SELECT row FROM {name}_words_of WHERE id = new.id)"  # noqa: S608  # names come from this house's tables
    added = (
        f"INSERT INTO {name}_words_of (id) VALUES (new.id); "  # noqa: S608  # as above
        f"INSERT INTO {name}_words (rowid, search_text) VALUES ({row}, new.search_text);"
    )
    changed = f"UPDATE {name}_words SET search_text = new.search_text WHERE rowid = {row};"  # noqa: S608  # as above
    differs = "WHEN old.search_text <> new.search_text"
    return [
        f"CREATE TABLE {name}_words_of (row INTEGER PRIMARY KEY, id CHAR(32) NOT NULL UNIQUE)",
        f"CREATE VIRTUAL TABLE {name}_words USING fts5(search_text, tokenize = 'unicode61 remove_diacritics 0')",
        f"CREATE TRIGGER {name}_words_added AFTER INSERT ON {name} BEGIN {added} END",
        f"CREATE TRIGGER {name}_words_changed AFTER UPDATE OF search_text ON {name} {differs} BEGIN {changed} END",
    ]


def matches(indexed: Table, words: Words, dialect: str) -> ColumnElement[bool]:
    """The condition that a row of the table holds the words, in the sense of `Words.match`."""
    if dialect == "postgresql":
        query = func.to_tsquery(SIMPLE, " & ".join(_postgresql_phrase(phrase) for phrase in words.phrases))
        held = func.to_tsvector(SIMPLE, indexed.c.search_text).op("@@")(query)
        gathered = select(indexed.c.id).where(held).cte(f"{indexed.name}_found").prefix_with("MATERIALIZED")
        return indexed.c.id.in_(select(gathered.c.id))
    numbered = table(f"{indexed.name}_words_of", column("row"), column("id", indexed.c.id.type))
    found = _sqlite_finds(indexed, words).subquery()
    return indexed.c.id.in_(select(numbered.c.id).join(found, numbered.c.row == found.c.rowid))


def may_be_common(connection: Connection, indexed: Table, words: Words) -> bool:
    """Whether more than COMMON rows may hold the words. SQLite's index is asked; PostgreSQL's counts only by finding them all.

    Its planner cannot tell either how rare the beginning of a word is, and walks the whole list for one that is: 500 ms.
    """
    if connection.dialect.name == "postgresql":
        return True
    found = _sqlite_finds(indexed, words).limit(COMMON + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one()) > COMMON


def _sqlite_finds(indexed: Table, words: Words) -> Select[Any]:
    match = text(f"{indexed.name}_words MATCH :wanted").bindparams(wanted=" AND ".join(_sqlite_phrase(p) for p in words.phrases))
    return select(column("rowid")).select_from(table(f"{indexed.name}_words")).where(match)


def _postgresql_phrase(phrase: tuple[str, ...]) -> str:
    """Tokens hold letters and digits only, so quoting cannot be broken out of."""
    return "(" + " <-> ".join(f"'{token}'" for token in phrase) + ":*)"


def _sqlite_phrase(phrase: tuple[str, ...]) -> str:
    return f'"{" ".join(phrase)}" *'
