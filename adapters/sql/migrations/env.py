"""Alembic's entry: runs the revisions on the connection that migrate.py hands over."""

from alembic import context

from houtai.adapters.sql import schema
from houtai.adapters.sql.columns import METADATA

assert schema.METADATA is METADATA, "importing the schema registers every module's tables"


def _ours(name: str | None, kind: str, _: object) -> bool:
    """Whether a table is one of the code's: SQLite keeps a full-text index in tables that the code does not describe."""
    return kind != "table" or name is None or "_words" not in name


context.configure(
    include_name=_ours,
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transaction_per_migration=False,
    render_item=context.config.attributes.get("render_item"),
)
with context.begin_transaction():
    context.run_migrations()
