"""Who may do what in PostgreSQL itself: the program's role, its grants, and which rows a merchant's deeds see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError

from houtai.adapters.sql.columns import METADATA
from houtai.adapters.sql.forgetting import OVER
from houtai.adapters.sql.modules import MAPPINGS
from houtai.adapters.sql.reference import reference_changes

APP: Final = "houtai_app"
"""The group that the program's login role belongs to."""

MERCHANT: Final = "houtai_merchant"
"""The role that a transaction takes on for somebody of merchants; nobody logs in as it."""

SETTING: Final = "houtai.merchants"
"""Whose rows such a transaction sees: ids with commas between them. Nobody's where it is not set."""

TRIES: Final = 5
_NOT_ALLOWED: Final = "42501"
# Roles belong to the whole server: the migration of another database makes them too.
_MADE_MEANWHILE: Final = frozenset({"23505", "42710", "XX000"})

_THEIRS: Final = f"ANY (ARRAY(SELECT unnest(string_to_array(current_setting('{SETTING}', true), ','))::uuid))"

# What carries an owner, but whose rows people of other merchants need: the offers of the house hold for everybody's goods.
SHOWN_TO_ALL: Final = frozenset({"promotions", "coupon_templates"})
# What has no owner of its own, but belongs to whom something else belongs: the column that leads there.
_OF_SKUS: Final = (
    *("stocks", "movements", "reservations", "fences", "published", "publications", "unimported", "oversells"),
    *("price_sheets", "price_changes", "told_prices"),
)
THROUGH: Final = {
    **dict.fromkeys(_OF_SKUS, ("sku_id", "skus")),
    **dict.fromkeys(("bin_heads", "lots", "serials"), ("sku_id", "skus")),
    "sku_components": ("bundle_id", "skus"),
    "listing_skus": ("listing_id", "listings"),
    "adjustments": ("warehouse_id", "warehouses"),
    "adjustment_lines": ("adjustment_id", "adjustments"),
    "opening_receipts": ("warehouse_id", "warehouses"),
    **dict.fromkeys(("locations", "handling_units", "stations"), ("warehouse_id", "warehouses")),
    "staff": ("account_id", "accounts"),
    **dict.fromkeys(("staff_warehouses", "shifts", "station_work"), ("staff_id", "staff")),
    "opening_receipt_lines": ("receipt_id", "opening_receipts"),
    **dict.fromkeys(("waves", "pick_runs", "manifests", "wave_templates", "dispatch_settings"), ("warehouse_id", "warehouses")),
    **dict.fromkeys(("wave_slots", "wave_lanes", "wall_sorts"), ("wave_id", "waves")),
    **dict.fromkeys(("bench_checks", "joint_shares", "parcels"), ("outbound_id", "outbound_orders")),
    "parcel_contents": ("parcel_id", "parcels"),
    "manifest_entries": ("manifest_id", "manifests"),
    "transfers": ("source_id", "warehouses"),
    "transfer_lines": ("transfer_id", "transfers"),
    "goods_issues": ("warehouse_id", "warehouses"),
    "goods_issue_lines": ("issue_id", "goods_issues"),
    **dict.fromkeys(("claim_lines", "claim_inspections"), ("claim_id", "claims")),
    "return_parcels": ("warehouse_id", "warehouses"),
    "sku_weights": ("sku_id", "skus"),
    **dict.fromkeys(("webhook_health", "webhook_deliveries"), ("endpoint_id", "webhook_endpoints")),
    "ticket_messages": ("ticket_id", "tickets"),
    "ticket_words": ("id", "ticket_messages"),
    "ticket_carried": ("ticket_id", "tickets"),
}
# An order may hold goods of several merchants; each of them sees it, and the use case leaves the others' lines out.
OF_ORDERS: Final = {
    "orders": "id",
    **dict.fromkeys(("claims", "given_back"), "order_id"),
    **dict.fromkeys(("order_lines", "order_gifts", "order_discounts", "order_promotions", "order_tenders"), "order_id"),
}

_SEES_ORDER: Final = f"""
CREATE OR REPLACE FUNCTION houtai_sees_order(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {{schema}}, pg_temp AS
$$ SELECT EXISTS (SELECT FROM order_lines WHERE order_id = wanted AND merchant_id = {_THEIRS}) $$
"""  # noqa: S608  # our own constants

_MAKE_ROLE: Final = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN NOINHERIT; END IF;
END $$
"""
_JOIN: Final = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = '{MERCHANT}'::regrole AND member = '{APP}'::regrole)
    THEN GRANT {MERCHANT} TO {APP}; END IF;
END $$
"""
_NO_ROLES: Final = (
    "the roles {app} and {merchant} were not made, because this login may not make roles: the program runs with the rights of "
    "its login, and row security holds nobody. Migrate once more as a role with CREATEROLE"
)


def owner_of_rows(table: Table) -> str | None:
    """The column that says whose a row is; None for tables that belong to no tenant."""
    return next((column.name for column in table.columns if column.info.get("owner")), None)


def policies() -> dict[str, str]:
    """By table, which rows a merchant's transaction sees and may write."""
    found = {}
    for table in METADATA.sorted_tables:
        column = owner_of_rows(table)
        if table.name in OF_ORDERS:
            found[table.name] = f"houtai_sees_order({OF_ORDERS[table.name]})"
        elif table.name in THROUGH:
            own, other = THROUGH[table.name]
            found[table.name] = f"EXISTS (SELECT FROM {other} WHERE {other}.id = {table.name}.{own})"  # our tables
        elif column is not None and table.name not in SHOWN_TO_ALL:
            found[table.name] = f"{column} = {_THEIRS}"
    return found


def granted() -> dict[str, frozenset[str]]:
    """By table, what the program may do there: only append to ledgers, and delete only where rows are ever deleted."""
    children = {child.table.name for mapping in MAPPINGS for child in mapping.children} | {reference_changes.name}
    deleted = children | {over.table.name for over in OVER.values()}
    rights = {}
    for table in METADATA.sorted_tables:
        wanted = {"SELECT", "INSERT"}
        if not table.info.get("append_only"):
            wanted |= {"UPDATE", "DELETE"} if table.name in deleted else {"UPDATE"}
        rights[table.name] = frozenset(wanted)
    return rights


def secure(engine: Engine) -> tuple[str, ...]:
    """Bring roles, grants and row policies to what this version needs, whatever was there; what could not be done, in words.

    Does nothing on SQLite, which knows no roles. Safe to repeat and to run in several databases of a server at once.
    """
    if engine.dialect.name != "postgresql":
        return ()
    try:
        _make_roles(engine)
        roles = True
    except DBAPIError as error:
        if not is_not_allowed(error):
            raise
        roles = False
    try:
        with engine.begin() as connection:
            for statement in _statements(connection, roles=roles):
                connection.execute(text(statement))
    except DBAPIError as error:
        if not is_not_allowed(error):
            raise
        return (f"grants and row policies are as they were: {_first_line(error)}",)
    return () if roles else (_NO_ROLES.format(app=APP, merchant=MERCHANT),)


def is_not_allowed(error: DBAPIError) -> bool:
    """Whether the database refused it to this login."""
    return getattr(error.orig, "sqlstate", None) == _NOT_ALLOWED


def _make_roles(engine: Engine) -> None:
    """Make both roles and their bond, in transactions of their own, since other databases of the server use them too."""
    for statement in (_MAKE_ROLE.format(role=APP), _MAKE_ROLE.format(role=MERCHANT), _JOIN):
        for attempt in range(TRIES):
            try:
                with engine.begin() as connection:
                    connection.execute(text(statement))
                break
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _MADE_MEANWHILE or attempt == TRIES - 1:
                    raise


def _statements(connection: Connection, *, roles: bool) -> Iterator[str]:
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    both = f"{APP}, {MERCHANT}"
    yield _SEES_ORDER.format(schema=schema)
    if roles:
        yield f"GRANT USAGE ON SCHEMA {schema} TO {both}"
        for table, rights in granted().items():
            yield f"REVOKE ALL ON {table} FROM {both}"
            yield f"GRANT {', '.join(sorted(rights))} ON {table} TO {both}"
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is not None:
            yield f"GRANT SELECT ON alembic_version TO {both}"
    for table, theirs in policies().items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS houtai_house ON {table}"
        yield f"DROP POLICY IF EXISTS houtai_merchant ON {table}"
        whole = f"{_owner(connection, table)}, {APP}" if roles else _owner(connection, table)
        yield f"CREATE POLICY houtai_house ON {table} TO {whole} USING (true) WITH CHECK (true)"
        if roles:
            yield f"CREATE POLICY houtai_merchant ON {table} TO {MERCHANT} USING ({theirs}) WITH CHECK ({theirs})"


def _owner(connection: Connection, table: str) -> str:
    owner = text("SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = to_regclass(:name)")
    return str(connection.execute(owner, {"name": table}).scalar_one())


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0]
