"""Checks on what PostgreSQL itself allows the program: only to append to ledgers, and no row of others for merchants (A5, T3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.doctor.check import Check, NotRun
from houtai.adapters.sql.doctor.money import unguarded
from houtai.adapters.sql.rights import APP, MERCHANT, SETTING, policies

_LEDGERS: Final = [table.name for table in METADATA.sorted_tables if table.info.get("append_only")]

# Both roles and whoever has their rights; not whoever may only hand them out, as the role that made them may.
_WITH_RIGHTS: Final = f"""
WITH RECURSIVE related AS (
    SELECT oid FROM pg_roles WHERE rolname IN ('{APP}', '{MERCHANT}')
    UNION SELECT member FROM pg_auth_members JOIN related ON roleid = related.oid
), held AS (
    SELECT role.oid, role.rolname, role.rolcanlogin, role.rolsuper, role.rolbypassrls
    FROM pg_roles AS role JOIN related USING (oid)
    WHERE role.rolname IN ('{APP}', '{MERCHANT}') OR pg_has_role(role.oid, '{APP}'::regrole, 'USAGE')
)
"""  # noqa: S608  # our own constants
_REWRITES: Final = text(f"""{_WITH_RIGHTS}
SELECT held.rolname, place.relname, deed FROM held, pg_class AS place, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS deed
WHERE place.oid IN (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) AS name)
AND (has_table_privilege(held.oid, place.oid, deed)
     OR (deed = 'UPDATE' AND has_any_column_privilege(held.oid, place.oid, 'UPDATE')))
ORDER BY 1, 2, 3
""")  # noqa: S608  # as above
_PAST_POLICIES: Final = text(f"""{_WITH_RIGHTS}
SELECT rolname, 'is a superuser' FROM held WHERE rolsuper
UNION SELECT rolname, 'has BYPASSRLS' FROM held WHERE rolbypassrls
UNION SELECT rolname, 'owns ' || place.relname FROM held JOIN pg_class AS place ON place.relowner = held.oid
WHERE place.oid IN (SELECT to_regclass(name) FROM unnest(CAST(:tables AS text[])) AS name)
ORDER BY 1, 2
""")  # noqa: S608  # as above
_LOGINS: Final = text(f"{_WITH_RIGHTS} SELECT count(*) FROM held WHERE rolcanlogin")  # noqa: S608  # as above
_ROLES_HERE: Final = text(f"""
SELECT coalesce(bool_and(has_table_privilege(oid, 'orders', 'INSERT')), false) AND count(*) = 2
FROM pg_roles WHERE rolname IN ('{APP}', '{MERCHANT}')
""")  # noqa: S608  # as above
_TABLE: Final = text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
_POLICIES: Final = text("""
SELECT polname, ARRAY(SELECT pg_get_userbyid(role) FROM unnest(polroles) AS role) AS roles, polpermissive, polcmd,
       pg_get_expr(polqual, polrelid) AS shows, pg_get_expr(polwithcheck, polrelid) AS takes
FROM pg_policy WHERE polrelid = to_regclass(:name)
""")
_HIDDEN: Final = text("""
SELECT name FROM unnest(CAST(:tables AS text[])) AS name WHERE row_security_active(to_regclass(name)) AND NOT EXISTS (
    SELECT FROM pg_policy WHERE polrelid = to_regclass(name) AND polpermissive AND pg_get_expr(polqual, polrelid) = 'true'
    AND EXISTS (SELECT FROM unnest(polroles) AS role WHERE CASE role WHEN 0 THEN true ELSE pg_has_role(role, 'USAGE') END)
) ORDER BY name
""")
_NO_ROLES: Final = f"this database knows no role {APP}: `houtai migrate`, as a login that may make roles, makes it"
_NO_LOGIN: Final = f"no login is in the role {APP}: the program runs with the rights of the tables' owner, or more"


def _demand_roles(connection: Connection, on_sqlite: str) -> None:
    """Raise NotRun where there is nothing to look at."""
    if connection.dialect.name != "postgresql":
        raise NotRun(on_sqlite)
    if not connection.execute(_ROLES_HERE).scalar():
        raise NotRun(_NO_ROLES)


def _demand_login(connection: Connection) -> None:
    if not connection.execute(_LOGINS).scalar():
        raise NotRun(_NO_LOGIN)


def _rewriters(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "postgresql":  # no roles there: the triggers are all that guards
        yield from unguarded(connection)
        return
    _demand_roles(connection, "")
    found = [f"{role} may {deed} {table}" for role, table, deed in connection.execute(_REWRITES, {"tables": _LEDGERS})]
    if not found:
        _demand_login(connection)
    yield from found


def _open_tables(connection: Connection) -> Iterator[str]:
    _demand_roles(connection, "SQLite has no row security: merchants are kept apart by the queries alone")
    found = [f"{role} {why}" for role, why in connection.execute(_PAST_POLICIES, {"tables": list(policies())})]
    for table in policies():
        found += _gaps_of(connection, table)
    if not found:
        _demand_login(connection)
    yield from found


def _gaps_of(connection: Connection, table: str) -> Iterator[str]:
    enabled, forced = connection.execute(_TABLE, {"name": table}).one()
    if not enabled:
        yield f"row security of {table} is off"
    if not forced:
        yield f"row security of {table} does not hold for its owner"
    known = {row.polname: row for row in connection.execute(_POLICIES, {"name": table})}
    for name in sorted(known.keys() - {"houtai_house", "houtai_merchant"}):
        yield f"{table} has a policy {name} that is not ours"
    theirs = known.get("houtai_merchant")
    if theirs is None:
        yield f"{table} has no policy for merchants"
    elif not (theirs.roles == [MERCHANT] and theirs.polcmd == "*" and _narrows(theirs.shows) and _narrows(theirs.takes)):
        yield f"the policy of {table} for merchants is not the one that this version makes"
    house = known.get("houtai_house")
    if house is not None and not {"public", MERCHANT, "unknown (OID=0)"}.isdisjoint(house.roles):
        yield f"the policy of {table} for the house holds for merchants too"


def _narrows(condition: str | None) -> bool:
    return condition is not None and any(sign in condition for sign in (SETTING, "houtai_sees_order", "EXISTS"))


def _hidden(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        me = connection.execute(text("SELECT current_user")).scalar()
        for table in connection.execute(_HIDDEN, {"tables": list(policies())}).scalars():
            yield f"row security hides rows of {table} from {me}: examine as the owner or as a login in {APP}"


CHECKS: Final = (
    Check("A5", "the program's role can only append to ledgers and log; on SQLite their triggers stand", _rewriters),
    Check("T3", "row security holds every tenant's table, for its owner too, and the program cannot pass it", _open_tables),
    Check("T3-seen", "the doctor sees every row of the tenants' tables", _hidden),
)
