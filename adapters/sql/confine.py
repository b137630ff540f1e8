"""Keep a PostgreSQL transaction to the rows of some merchants, whatever its statements ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from houtai.adapters.sql.rights import MERCHANT, SETTING

# The role goes last: from then on the statement's rights are the merchant's. Both end with the transaction.
_CONFINE: Final = text(f"SELECT set_config('{SETTING}', :merchants, true), set_config('role', '{MERCHANT}', true)")
_CAN: Final = text(f"""
SELECT coalesce(bool_and(pg_has_role(current_user, role.oid, 'MEMBER')
                         AND has_table_privilege(role.oid, 'products', 'SELECT')), false)
FROM pg_roles AS role WHERE role.rolname = '{MERCHANT}'
""")  # noqa: S608  # our own constant


def can_confine(connection: Connection) -> bool:
    """Whether this database has what `confine` needs, and this login may use it."""
    return connection.dialect.name == "postgresql" and bool(connection.execute(_CAN).scalar())


def confine(connection: Connection, merchants: Iterable[UUID]) -> None:
    """From here to its end the transaction sees and writes only rows of these merchants, `HOUSE` standing for the house's own.

    An empty set means no rows at all. The connection must be one for which `can_confine` holds, and in a transaction.
    """
    connection.execute(_CONFINE, {"merchants": ",".join(sorted(map(str, merchants)))})
