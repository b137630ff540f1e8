"""A role: a named bundle of grants that accounts are given."""

from __future__ import annotations

import enum
import re
from typing import Any, Final

import attrs

from houtai.domain import limits
from houtai.domain.access.networks import plain_networks
from houtai.domain.authority import Grant
from houtai.domain.ids import RoleId
from houtai.domain.money import MAX_MINOR
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
    """attrs validator: each grant is well-formed and bounded. Raises InvalidValue naming the grant."""
    limits.at_most(MAX_GRANTS)(_, attribute, grants)
    for place, grant in enumerate(grants):
        rule = _broken_rule(grant)
        if rule:
            raise InvalidValue(field=f"{attribute.name}[{place}]", rule=rule)


def _broken_rule(grant: Grant) -> str | None:
    if len(grant.verb) > 100 or not _VERB.fullmatch(grant.verb):
        return "verb must look like orders.cancel, orders.* or *"
    if any(len(ids) > MAX_IDS for ids in grant.within.values()):
        return f"an axis must have at most {MAX_IDS} ids"
    if not all(_WORD.fullmatch(word) for word in (*grant.hidden, *grant.limits)):
        return "names of hidden fields and limits must be plain words"
    if any(isinstance(most, bool) or not 0 <= most <= MAX_MINOR for most in grant.limits.values()):
        return f"limits must lie between 0 and {MAX_MINOR}"
    moments = [moment for moment in (grant.valid_from, grant.valid_until) if moment is not None]
    if any(moment.tzinfo is None for moment in moments):
        return "the time of validity must carry a time zone"
    if len(moments) == 2 and moments[0] >= moments[1]:
        return "the time of validity must not end before it begins"
    return None


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
