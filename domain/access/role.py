"""A role: a named bundle of grants that accounts are given."""

from __future__ import annotations

import enum
import re
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import plain_networks
from houtai.domain.authority import MASKS, Grant
from houtai.domain.ids import RoleId
from houtai.domain.money import MAX_MINOR, whole
from houtai.domain.moves import Moves
from houtai.domain.refusal import InvalidValue

MAX_GRANTS: Final = 200
MAX_IDS: Final = 1_000
_VERB: Final = re.compile(r"\*|[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RoleState(enum.Enum):
    """Whether a role still grants anything."""

    ACTIVE = "active"
    RETIRED = "retired"


MOVES: Final[Moves[RoleState]] = {RoleState.ACTIVE: {RoleState.RETIRED}, RoleState.RETIRED: {RoleState.ACTIVE}}


def plain_grants(_: Any, attribute: attrs.Attribute[Any], grants: tuple[Grant, ...]) -> None:
    """Attrs validator: each grant is well-formed and bounded. Raises InvalidValue naming the grant."""
    limits.at_most(MAX_GRANTS)(_, attribute, grants)
    for place, grant in enumerate(grants):
        rule = _broken_rule(grant)
        if rule:
            raise InvalidValue(field=f"{attribute.name}[{place}]", rule=rule)


def _broken_rule(grant: Grant) -> str | None:
    moments = [moment for moment in (grant.valid_from, grant.valid_until) if moment is not None]
    aware = all(moment.tzinfo is not None for moment in moments)
    rules = {
        "verb must look like orders.cancel, orders.* or *": len(grant.verb) <= 100 and _VERB.fullmatch(grant.verb),
        f"an axis must have at most {MAX_IDS} ids": all(len(ids) <= MAX_IDS for ids in grant.within.values()),
        f"hidden fields must be of {', '.join(sorted(MASKS))}": grant.hidden <= MASKS,
        "names of limits must be plain words": all(map(_WORD.fullmatch, grant.limits)),
        f"limits must lie between 0 and {MAX_MINOR}": all(
            0 <= whole(most, "limit") <= MAX_MINOR for most in grant.limits.values()
        ),
        "the time of validity must carry a time zone": aware,
        "the time of validity must not end before it begins": not aware or sorted(set(moments)) == moments,
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


@attrs.frozen
class Role:
    """Grants under a name; `networks` limit from where its holders may come in at all, empty for everywhere."""

    id: RoleId
    name: str = attrs.field(validator=limits.text(1, 100))
    grants: tuple[Grant, ...] = attrs.field(validator=plain_grants)
    networks: tuple[str, ...] = attrs.field(default=(), validator=plain_networks)
    state: RoleState = RoleState.ACTIVE
    version: int = 1

    def held(self) -> tuple[Grant, ...]:
        """What the role grants now, each grant explained by the role's name; nothing once retired."""
        if self.state is RoleState.RETIRED:
            return ()
        return tuple(attrs.evolve(grant, source=f"role {self.name}") for grant in self.grants)
