"""The first schema: every table, index and trigger of version 0.1, as plain SQL for each database."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this dialect in order."""
    connection = op.get_bind()
    path = Path(__file__).with_name(f"0001_first.{connection.dialect.name}.sql")
    for statement in path.read_text(encoding="utf-8").strip().split("\n;;\n"):
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement)
