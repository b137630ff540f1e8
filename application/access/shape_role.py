"""Making and changing roles: nobody puts into a role, or takes charge of one with, more than they hold themselves."""

from __future__ import annotations

import attrs
from attrs.validators import optional

from houtai.application.access.ports import BY_ROLE_NAME, AccessTx
from houtai.application.access.reach import check_held, check_somebody_remains, check_version, take_turn
from houtai.application.permission import needs
from houtai.application.timeline import write_line
from houtai.application.verbs import check_verbs
from houtai.domain import limits
from houtai.domain.access.networks import plain_networks
from houtai.domain.access.role import MOVES, Role, RoleState, plain_grants
from houtai.domain.act import Act
from houtai.domain.authority import Grant
from houtai.domain.ids import RoleId
from houtai.domain.moves import check_move
from houtai.domain.refusal import AlreadyExists, NotFound

WRITE_ROLES = "access.roles.write"


@attrs.frozen
class CreateRole:
    """A new role."""

    role: RoleId
    name: str = attrs.field(validator=limits.text(1, 100))
    grants: tuple[Grant, ...] = attrs.field(validator=plain_grants)
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)


@needs(WRITE_ROLES)
def create_role(tx: AccessTx, cmd: CreateRole, act: Act) -> Role:
    """Make a role, or refuse with InvalidValue for a verb that there is not, NotHeld for grants beyond the actor's own.

    Raises AlreadyExists for a name taken.
    """
    check_verbs(cmd.grants)
    role = Role(cmd.role, cmd.name, _unsigned(cmd.grants), cmd.networks)
    check_held(act, role.grants)
    _check_name(tx, role)
    tx.roles.add(role)
    write_line(tx, act, "role", role, "created", before=None)
    return role


@attrs.frozen
class ChangeRole:
    """The role's new name, grants and networks; what is None stays."""

    role: RoleId
    expected_version: int
    name: str | None = attrs.field(default=None, validator=optional(limits.text(1, 100)))
    grants: tuple[Grant, ...] | None = attrs.field(default=None, validator=optional(plain_grants))
    networks: tuple[str, ...] | None = attrs.field(default=None, validator=optional(plain_networks))


@needs(WRITE_ROLES)
def change_role(tx: AccessTx, cmd: ChangeRole, act: Act) -> Role:
    """Give the role another form; whoever holds it has the new rights from their next request on.

    Raises InvalidValue for a verb that there is not, NotFound, VersionConflict, NotHeld for what it grants or would grant,
    AlreadyExists, LastAdministrator.
    """
    check_verbs(cmd.grants or ())
    role = _lock_role(tx, cmd.role, cmd.expected_version, act)
    changed = attrs.evolve(
        role,
        name=role.name if cmd.name is None else cmd.name,
        grants=role.grants if cmd.grants is None else _unsigned(cmd.grants),
        networks=role.networks if cmd.networks is None else cmd.networks,
        version=role.version + 1,
    )
    check_held(act, changed.grants)
    if changed.name != role.name:
        _check_name(tx, changed)
    check_somebody_remains(tx, act, role=changed)
    tx.roles.save(changed)
    write_line(tx, act, "role", changed, "changed", before=role.state)
    return changed


@attrs.frozen
class MoveRole:
    """Retire a role or bring it back."""

    role: RoleId
    expected_version: int


@needs(WRITE_ROLES)
def retire_role(tx: AccessTx, cmd: MoveRole, act: Act) -> Role:
    """Let the role grant nothing from now on. Raises NotFound, VersionConflict, IllegalMove, NotHeld, LastAdministrator."""
    return _move(tx, cmd, act, RoleState.RETIRED)


@needs(WRITE_ROLES)
def revive_role(tx: AccessTx, cmd: MoveRole, act: Act) -> Role:
    """Let the role grant again what it says. Raises NotFound, VersionConflict, IllegalMove, NotHeld."""
    return _move(tx, cmd, act, RoleState.ACTIVE)


def _move(tx: AccessTx, cmd: MoveRole, act: Act, wanted: RoleState) -> Role:
    role = _lock_role(tx, cmd.role, cmd.expected_version, act)
    check_move("role", MOVES, role.state, wanted)
    moved = attrs.evolve(role, state=wanted, version=role.version + 1)
    check_somebody_remains(tx, act, role=moved)
    tx.roles.save(moved)
    write_line(tx, act, "role", moved, wanted.value, before=role.state)
    return moved


def _lock_role(tx: AccessTx, role_id: RoleId, expected_version: int, act: Act) -> Role:
    take_turn(tx)
    role = tx.roles.lock([role_id]).get(role_id)
    if role is None:
        raise NotFound(what="role", key=str(role_id))
    check_version("role", role, expected_version)
    check_held(act, role.grants)
    return role


def _check_name(tx: AccessTx, role: Role) -> None:
    if tx.roles.first(BY_ROLE_NAME, role.name) is not None:
        raise AlreadyExists(what="role", key=role.name)


def _unsigned(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """The grants without a source: the role itself names it."""
    return tuple(attrs.evolve(grant, source="") for grant in grants)
