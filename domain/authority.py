"""Who may do what, where, up to how much: one pure evaluation for every delivery (SYS-1 … SYS-4)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import attrs

from houtai.domain.refusal import Forbidden


class Dimension(enum.Enum):
    """The axes along which a grant can be narrowed."""

    CHANNEL = "channel"
    WAREHOUSE = "warehouse"
    MERCHANT = "merchant"
    SUPPLIER = "supplier"


class Denial(enum.Enum):
    """Why not; each is answered with its own explanation."""

    NO_VERB = "no-verb"
    HOUSE_WIDE = "house-wide"
    OUT_OF_SCOPE = "out-of-scope"
    OVER_LIMIT = "over-limit"
    SAME_PERSON = "same-person"
    NOT_VALID_NOW = "not-valid-now"
    NOT_OWN = "not-own"
    HIDDEN = "hidden"


MASKS = frozenset({"name", "phone", "address", "remark", "cost", "coupon_code"})
"""The fields that a grant can hide: every ``mask`` in the metadata of what the house answers with."""

HOUSE = UUID(int=2)
"""Stands on an axis for what is the whole house's: its own goods beside the merchants', a price of every channel."""


@attrs.frozen
class Scope:
    """Where a deed takes place: the ids it touches. An axis that is None was not asked about.

    What may belong to a merchant or to the house says so: ``Scope(merchant=product.merchant_id or HOUSE)``.
    """

    channel: UUID | None = None
    warehouse: UUID | None = None
    merchant: UUID | None = None
    supplier: UUID | None = None
    owner: UUID | None = None  # whose record it is, for grants that reach only the actor's own

    def on(self, dimension: Dimension) -> UUID | None:
        """The id on one axis."""
        found: UUID | None = getattr(self, dimension.value)
        return found


@attrs.frozen
class Extent:
    """Along which axes a deed's records lie, so that a narrowed grant can be held against them.

    `along`: the record has a value there, and the deed demands it or filters by it. `regardless`: the deed is the same wherever
    one may work, so that narrowing means nothing to it. On every other axis the deed is the whole house's. `own` says the same
    as `along` of grants that reach only the actor's own records.
    """

    along: frozenset[Dimension] = frozenset()
    regardless: frozenset[Dimension] = frozenset()
    own: bool = False


WHOLE_HOUSE = Extent()


@attrs.frozen
class Grant:
    """One permission: a verb within a scope, with hidden fields, numeric limits and a time of validity.

    `verb` is exact (``orders.cancel``), a module (``orders.*``) or everything (``*``). An axis missing from `within` is
    unlimited; an axis with an empty set allows nothing on it. `limits` maps an amount's name (``refund_minor``) to its maximum.
    """

    verb: str
    within: Mapping[Dimension, frozenset[UUID]] = attrs.field(factory=dict)
    own_only: bool = False
    hidden: frozenset[str] = frozenset()
    limits: Mapping[str, int] = attrs.field(factory=dict)
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    source: str = ""  # the role that brought it, for explanations

    def covers(self, verb: str) -> bool:
        """Whether the verb is this one or below it."""
        return self.verb in ("*", verb) or (self.verb.endswith(".*") and verb.startswith(self.verb[:-1]))

    def valid_at(self, at: dt.datetime) -> bool:
        """Whether `at` lies in the time of validity (from included, until excluded)."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_until is None or at < self.valid_until)


@attrs.frozen
class Decision:
    """The answer with its reason; `by` is the source of the grant that allowed, or that came nearest."""

    allowed: bool
    verb: str
    denial: Denial | None
    explanation: str
    by: str = ""
    hidden: frozenset[str] = frozenset()

    def demand(self) -> None:
        """Refuse with Forbidden unless allowed."""
        if not self.allowed and self.denial is not None:
            raise Forbidden(verb=self.verb, reason=self.denial.value, explanation=self.explanation)

    def demand_shown(self, fields: frozenset[str]) -> None:
        """Refuse with Forbidden unless allowed with none of these fields hidden: what is about showing them is no use without."""
        self.demand()
        if hidden := fields & self.hidden:
            text = f"{self.by or 'the grant'} hides {', '.join(sorted(hidden))}"
            raise Forbidden(verb=self.verb, reason=Denial.HIDDEN.value, explanation=text)


@attrs.frozen
class Weighed:
    """One grant held against one deed: why it does not allow it, or that it does."""

    grant: Grant
    denial: Denial | None
    explanation: str


# The further down, the nearer the grant came: the nearest miss is the one worth explaining.
_NEARNESS = [
    Denial.NO_VERB,
    Denial.NOT_VALID_NOW,
    Denial.HOUSE_WIDE,
    Denial.OUT_OF_SCOPE,
    Denial.NOT_OWN,
    Denial.OVER_LIMIT,
    Denial.SAME_PERSON,
]


@attrs.frozen
class Authority:
    """All that an actor may do, as its grants at the moment of the act; `without` are verbs that no grant of theirs gives.

    `extents` says of the verbs of the deed in hand along which axes its records lie. Without it an axis counts that the scope
    states, and on every other the deed is the whole house's.
    """

    actor: UUID | None
    grants: tuple[Grant, ...] = ()
    without: frozenset[str] = frozenset()
    extents: Mapping[str, Extent] = attrs.field(factory=dict, eq=False, repr=False)

    def over(self, extents: Mapping[str, Extent]) -> Authority:
        """The same authority before a deed whose records lie like this."""
        return attrs.evolve(self, extents=extents)

    def decide(
        self,
        verb: str,
        scope: Scope = Scope(),
        *,
        at: dt.datetime,
        amounts: Mapping[str, int] | None = None,
        maker: UUID | None = None,
    ) -> Decision:
        """Allowed if one single grant covers verb, time, scope and amounts, and the actor did not make what it checks.

        Grants are never pieced together: a right in channel A and a limit from channel B do not make a right with that
        limit. Nor is a mask lifted from elsewhere: a field that one grant hides is shown only by a grant that reaches at
        least as far. Where the scope does not say which record it is, that may hide too much, never too little.
        """
        weighed = self.weigh(verb, scope, at=at, amounts=amounts)
        allowing = [one.grant for one in weighed if one.denial is None]
        if allowing and maker is not None and maker == self.actor:
            text = "whoever made it cannot be the one who checks it; another person has to"
            return Decision(False, verb, Denial.SAME_PERSON, text, allowing[0].source)
        if allowing:
            hidden = _hidden(allowing, scope)
            return Decision(True, verb, None, f"allowed by {allowing[0].source or 'the system'}", allowing[0].source, hidden)
        misses = [(one.denial, one.explanation, one.grant.source) for one in weighed if one.denial is not None]
        none: tuple[Denial, str, str] = (Denial.NO_VERB, f"no role of yours holds {verb}", "")
        denial, text, source = max([none, *misses], key=lambda miss: _NEARNESS.index(miss[0]))
        return Decision(False, verb, denial, text, source)

    def weigh(
        self, verb: str, scope: Scope = Scope(), *, at: dt.datetime, amounts: Mapping[str, int] | None = None
    ) -> tuple[Weighed, ...]:
        """Every grant that holds the verb, with the reason why it does not allow the deed where it does not."""
        holding = [grant for grant in self.grants if grant.covers(verb) and verb not in self.without]
        return tuple(Weighed(grant, *self._miss(grant, verb, scope, at, amounts or {})) for grant in holding)

    def _miss(
        self, grant: Grant, verb: str, scope: Scope, at: dt.datetime, amounts: Mapping[str, int]
    ) -> tuple[Denial | None, str]:
        name = grant.source or "the grant"
        if not grant.valid_at(at):
            return Denial.NOT_VALID_NOW, f"{name} is not valid at {at.isoformat()}"
        for dimension, allowed in grant.within.items():
            wanted = self._wanted(verb, dimension, scope)
            if wanted is None or wanted in allowed:
                continue
            if wanted == HOUSE:
                return Denial.HOUSE_WIDE, f"{name} is narrowed to {dimension.value}s, and this is the house's as a whole"
            return Denial.OUT_OF_SCOPE, f"{name} does not reach this {dimension.value}"
        if grant.own_only and (missed := self._miss_own(name, verb, scope)):
            return missed
        for amount, value in amounts.items():
            limit = grant.limits.get(amount)
            if limit is not None and value > limit:
                return (Denial.OVER_LIMIT, f"{value} is over the limit of {limit} for {amount} in {name}")
        return None, f"{name} allows it"

    def _wanted(self, verb: str, dimension: Dimension, scope: Scope) -> UUID | None:
        """The id that a grant narrowed on this axis has to hold; None where it need not hold any, here or yet."""
        extent = self.extents.get(verb)
        if extent is None:
            return scope.on(dimension) or HOUSE
        if dimension in extent.along:
            return scope.on(dimension)
        return None if dimension in extent.regardless else HOUSE

    def _miss_own(self, name: str, verb: str, scope: Scope) -> tuple[Denial, str] | None:
        extent = self.extents.get(verb)
        asked = scope.owner is not None if extent is None else extent.own
        if not asked:
            return Denial.HOUSE_WIDE, f"{name} reaches only your own records, and this is nobody's own"
        if scope.owner is not None and scope.owner != self.actor:
            return Denial.NOT_OWN, f"{name} reaches only your own records"
        return None

    def reach(self, verb: str, dimension: Dimension, *, at: dt.datetime) -> frozenset[UUID] | None:
        """The ids on one axis that lists may show; None where unlimited, empty where nothing.

        An id is reached by some grant; whether by one that reaches a record whole, `decide` tells.
        """
        reached: set[UUID] = set()
        for one in self.weigh(verb, at=at):
            if one.denial is None:
                allowed = one.grant.within.get(dimension)
                if allowed is None:
                    return None
                reached |= allowed
        return frozenset(reached)

    def unbounded(self, verb: str, *axes: Dimension, at: dt.datetime) -> bool:
        """Whether one grant is narrowed on none of these axes."""
        return any(one.denial is None and not set(axes) & set(one.grant.within) for one in self.weigh(verb, at=at))

    def owners(self, verb: str, *, at: dt.datetime) -> frozenset[UUID] | None:
        """Whose records lists may show: None for everybody's, or the actor's own."""
        own = [one.grant.own_only for one in self.weigh(verb, at=at) if one.denial is None]
        return None if not all(own) else frozenset({self.actor} if own and self.actor else ())

    def holds(self, grants: Iterable[Grant]) -> bool:
        """Whether every one of `grants` lies within what this actor holds: nobody gives away more than they have."""
        return all(any(_within(given, held) for held in self.grants) for given in grants)


def nearest(decisions: Iterable[Decision]) -> Decision:
    """The one that allows, or else came nearest to it; the first of several such."""
    return max(decisions, key=lambda one: len(_NEARNESS) if one.denial is None else _NEARNESS.index(one.denial))


def meet(left: Grant, right: Grant) -> Grant | None:
    """What both grants allow, no more: None where their verbs have nothing in common. Explained by the left one's source."""
    if left.covers(right.verb):
        verb = right.verb
    elif right.covers(left.verb):
        verb = left.verb
    else:
        return None
    within = {**left.within}
    for axis, ids in right.within.items():
        within[axis] = within[axis] & ids if axis in within else ids
    limits = {**left.limits}
    for name, most in right.limits.items():
        limits[name] = min(limits.get(name, most), most)
    return Grant(
        verb=verb,
        within=within,
        own_only=left.own_only or right.own_only,
        hidden=left.hidden | right.hidden,
        limits=limits,
        valid_from=max((moment for moment in (left.valid_from, right.valid_from) if moment), default=None),
        valid_until=min((moment for moment in (left.valid_until, right.valid_until) if moment), default=None),
        source=left.source or right.source,
    )


def _within(given: Grant, held: Grant) -> bool:
    """Whether `given` allows nothing that `held` does not."""
    scoped = all(axis in given.within and given.within[axis] <= ids for axis, ids in held.within.items())
    limited = all(name in given.limits and given.limits[name] <= most for name, most in held.limits.items())
    timed = (held.valid_from is None or (given.valid_from is not None and given.valid_from >= held.valid_from)) and (
        held.valid_until is None or (given.valid_until is not None and given.valid_until <= held.valid_until)
    )
    owned = given.own_only or not held.own_only
    return held.covers(given.verb) and scoped and limited and timed and owned and held.hidden <= given.hidden


SYSTEM_GRANTS = (Grant(verb="*", source="the system"),)


def _hidden(allowing: Sequence[Grant], scope: Scope) -> frozenset[str]:
    """The fields that stay hidden: no grant that reaches as far as the one that hides them shows them."""
    return frozenset(
        field
        for hiding in allowing
        for field in hiding.hidden
        if not any(field not in other.hidden and _reaches_as_far(other, hiding, scope) for other in allowing)
    )


def _reaches_as_far(grant: Grant, other: Grant, scope: Scope) -> bool:
    """Whether `grant` reaches every record that `other` does, of those within the scope; both reach what the scope states."""
    if grant.own_only and not other.own_only and scope.owner is None:
        return False
    return all(
        scope.on(dimension) is not None or (dimension in other.within and other.within[dimension] <= allowed)
        for dimension, allowed in grant.within.items()
    )
