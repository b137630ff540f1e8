"""Alembic's entry: runs the revisions on the connection that migrate.py hands over."""

from alembic import context

from houtai.adapters.sql import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.METADATA,
    render_as_batch=True,
    transaction_per_migration=False,
    render_item=context.config.attributes.get("render_item"),
)
with context.begin_transaction():
    context.run_migrations()
