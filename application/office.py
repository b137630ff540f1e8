"""The office: the one place where a use case meets permission, transaction, idempotency, reactions, log and retry."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, get_type_hints

import attrs

from houtai.application.audit import AuditEntry, Category
from houtai.application.group import ALONE, Done, Group, ahead_of, is_settled
from houtai.application.masking import mask
from houtai.application.observer import UNOBSERVED, Observer, Watched
from houtai.application.permission import before, category_of, verb_of
from houtai.application.plain import from_plain, to_json, to_plain, to_sorted_json, without_secrets
from houtai.application.ports import Clock, CommitUnknown, Store, StoreUnavailable, TryAgain
from houtai.application.reach import merchants_of
from houtai.application.reactions import AHEAD, REACTIONS, Reaction
from houtai.application.retry_budget import RetryBudget
from houtai.application.taken import already_exists
from houtai.application.tx import Tx, Views
from houtai.domain.act import NOBODY, Act
from houtai.domain.event import Event
from houtai.domain.refusal import Busy, Kind, OutcomeUnknown, Refusal, Unauthenticated

C = TypeVar("C")
R = TypeVar("R")
UseCase = Callable[[Tx, C, Act], R]
Query = Callable[[Views, C, Act], R]
Claim = tuple[str, str]  # idempotency key and the fingerprint of what is wanted


@attrs.frozen(eq=False)
class Deed:
    """One call of a use case."""

    use_case: Callable[..., Any]
    cmd: Any
    act: Act
    claim: Claim | None


TRIES: Final = 8
LONGEST_S: Final = 20
"""After this long nothing is tried again: the caller waits for no more than this and one last try."""
# A use case that looks for a unique value finds it when it runs again; one that does not would meet it for ever.
TRIES_FOR_A_VALUE: Final = 3
FIRST_PAUSE_S: Final = 0.004
# A no for lack of right is somebody trying a door: it is logged. A no for lack of stock is daily business.
LOGGED_KINDS: Final = frozenset({Kind.FORBIDDEN, Kind.UNAUTHENTICATED, Kind.NOT_FOUND, Kind.LIMITED})


class Office:
    """Runs use cases and queries against one store. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        pause: Callable[[float], None] = time.sleep,
        stopwatch: Callable[[], float] = time.monotonic,
        observer: Observer = UNOBSERVED,
        reactions: Mapping[type[Event], tuple[Reaction, ...]] = REACTIONS,
    ) -> None:
        """`pause` waits between tries, `stopwatch` measures them; tests pass their own. `observer` hears how deeds end.

        `reactions` are the house's, or those with announcements to other systems (see `announcing`).
        """
        self._store = store
        self._pause = pause
        self._stopwatch = stopwatch
        self._observer = observer
        self._reactions = reactions
        self._group: Group[Deed] = Group(self._together, told=observer.together)
        self._budget = RetryBudget()
        self.clock = clock

    def perform(self, use_case: UseCase[C, R], cmd: C, act: Act, *, key: str | None = None, wish: str | None = None) -> R:
        """Do it, whole or not at all, and log it.

        With a `key` the same wish is done once: a repetition gets the first answer, another body KeyReused. `wish` says what
        the caller wanted where the command holds ids that were made for this call; without it the command is the wish. Raises
        the use case's refusals, Forbidden, Busy where others were in the way, OutcomeUnknown where a keyless commit got lost,
        and TypeError for what is no use case. Fields that the actor's grants hide are blanked in the answer, as in `ask`; what
        is kept under the key is whole, and blanked by the rights of whoever repeats.
        """
        with Watched(self._observer, getattr(use_case, "__name__", "")):
            return self._perform(use_case, cmd, act, key, wish)

    def _perform(self, use_case: UseCase[C, R], cmd: C, act: Act, key: str | None, wish: str | None) -> R:
        try:
            act = before(use_case, act)
            hidden = self._demand(use_case, act)
            claim = None if key is None else (key, _fingerprint(use_case, cmd if wish is None else wish))
            return mask(self._persist(Deed(use_case, cmd, act, claim)), hidden)  # type: ignore[no-any-return]  # the use case's R
        except Refusal as refusal:
            if refusal.kind in LOGGED_KINDS:
                self._log_refusal(use_case, cmd, act, refusal)
            raise

    def ask(self, query: Query[C, R], request: C, act: Act) -> R:
        """Answer from what is committed, with the fields blanked that the actor's grants hide. TypeError for what is no query."""
        with Watched(self._observer, getattr(query, "__name__", "")):
            return self._ask(query, request, act)

    def _ask(self, query: Query[C, R], request: C, act: Act) -> R:
        try:
            act = before(query, act)
            hidden = self._demand(query, act)
            with self._store.snapshot(merchants_of(query, act)) as views:
                return mask(query(views, request, act), hidden)
        except StoreUnavailable as down:
            raise Busy(what="the store cannot be reached") from down
        except Refusal as refusal:
            # Somebody of a merchant who asks for what is not there may be trying others' ids.
            strays = refusal.kind is Kind.NOT_FOUND and merchants_of(query, act) is not None
            if strays or refusal.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED):
                self._log_refusal(query, request, act, refusal)
            raise

    def log(self, entry: AuditEntry) -> None:
        """Chain an entry that belongs to no use case, such as a failed login or a disclosure.

        Raises Busy where it may not have been written: what nobody can look up later is not answered as if it could be.
        """
        for attempt in range(TRIES):
            try:
                with self._store.begin() as tx:
                    tx.append_audit(entry)
                    tx.commit()
                    return
            except TryAgain:
                self._wait(attempt)
            except (StoreUnavailable, CommitUnknown) as down:
                raise Busy(what="the operation log cannot be written") from down
        raise Busy(what="the operation log is busy")

    def act_of_system(self, reason: str = "") -> Act:
        """The act of a program that embeds the house: allowed everything, logged like everybody."""
        return Act.of_system(self.clock.now(), reason=reason)

    def close(self) -> None:
        """Give back the store's connections."""
        self._store.close()

    def _demand(self, deed: Callable[..., Any], act: Act) -> frozenset[str]:
        verb = verb_of(deed)
        if verb is None:
            return frozenset()
        if act.actor == NOBODY:
            raise Unauthenticated
        decision = act.authority.decide(verb, at=act.at)
        decision.demand()
        return decision.hidden

    def _persist(self, deed: Deed) -> Any:
        """Do it: in a group first where the use case allows it, then by itself as often as it takes."""
        taken: TryAgain | None = None
        lost: CommitUnknown | None = None
        in_a_row = 0
        grouped = ahead_of(deed.use_case) is not None
        for attempt in self._tries():
            try:
                return self._in_group(deed) if grouped and not attempt else self._alone(deed)
            except TryAgain as conflict:
                in_a_row = in_a_row + 1 if taken is not None and taken.constraint == conflict.constraint else 1
                taken = conflict
                if taken.constraint and in_a_row == TRIES_FOR_A_VALUE:
                    raise already_exists(taken.constraint) from taken
                self._observer.again("in-the-way")
                self._wait(attempt)
            except CommitUnknown as unknown:
                lost = unknown
                if deed.claim is None:
                    raise OutcomeUnknown from lost
                self._observer.again("commit-unknown")
                self._wait(attempt)
            except StoreUnavailable as down:
                if lost is not None:  # Busy would say that nothing was done
                    raise OutcomeUnknown from down
                raise Busy(what="the store cannot be reached") from down
        if lost is not None:
            raise OutcomeUnknown from lost
        raise Busy from taken

    def _tries(self) -> Iterator[int]:
        """The numbers of the tries, as long as there is time for another and the house's budget allows it."""
        began = self._stopwatch()
        self._budget.save()
        for attempt in range(TRIES):
            if attempt and (self._stopwatch() - began >= LONGEST_S or not self._budget.take()):
                return
            yield attempt

    def _in_group(self, deed: Deed) -> Any:
        done = self._group.perform(deed)
        if done is ALONE:
            return self._alone(deed)
        if done.raised is not None:
            raise done.raised
        return done.answer

    def _alone(self, deed: Deed) -> Any:
        with self._store.begin() as tx:
            if ahead_of(deed.use_case) is not None:
                _read_ahead(tx, [deed])
            elif is_settled(deed.use_case):
                tx.look_once()
            answer = _attempt(tx, deed, self._reactions)
            tx.commit()
            return answer

    def _together(self, deeds: Sequence[Deed]) -> list[Done]:
        """All in one transaction; what one of them writes and is refused is taken back, the others stand."""
        if len(deeds) == 1:
            try:
                return [Done(self._alone(deeds[0]))]
            except (Refusal, TryAgain) as no:
                return [Done(raised=no)]
        with self._store.begin() as tx:
            _read_ahead(tx, deeds)
            outcomes = []
            for deed in deeds:
                try:
                    outcomes.append(Done(_attempt(tx, deed, self._reactions)))
                except Refusal as refusal:
                    outcomes.append(Done(raised=refusal))
                tx.keep()
            tx.commit()
            return outcomes

    def _wait(self, attempt: int) -> None:
        self._pause(random.uniform(0.5, 1.5) * FIRST_PAUSE_S * 2**attempt)  # noqa: S311  # jitter, not a secret

    def _log_refusal(self, deed: Callable[..., Any], cmd: Any, act: Act, refusal: Refusal) -> None:
        category = Category.LOGIN if category_of(deed) is Category.LOGIN else Category.REFUSAL
        self.log(_entry(deed, cmd, act, category, refusal.code, []))


def _attempt(tx: Any, deed: Deed, reactions: Mapping[type[Event], tuple[Reaction, ...]]) -> Any:
    """The deed's answer; a refusal takes back what it wrote.

    A wish may be refused because it was fulfilled meanwhile: the same request, sent to another process as well, has committed
    between the look at its key and the look at what it wants. So a refused key is looked at once more.
    """
    try:
        if deed.claim is not None and (seen := tx.answer_to(str(deed.act.actor), *deed.claim)) is not None:
            return _answered(deed, seen)
        return _run(tx, deed, reactions)
    except Refusal:
        tx.take_back()
        if deed.claim is None or (seen := tx.answer_to(str(deed.act.actor), *deed.claim, again=True)) is None:
            raise
        return _answered(deed, seen)


def _answered(deed: Deed, seen: str) -> Any:
    return from_plain(json.loads(seen), get_type_hints(deed.use_case)["return"])


def _run(tx: Any, deed: Deed, reactions: Mapping[type[Event], tuple[Reaction, ...]]) -> Any:
    """The use case, the reactions to its events, its answer under its key, its entry in the log."""
    owner = str(deed.act.actor)
    result = deed.use_case(tx, deed.cmd, deed.act)
    for event in tx.events():
        for reaction in reactions[type(event)]:
            reaction(tx, event, deed.act)
    if deed.claim is not None:
        tx.answer_request(owner, *deed.claim, deed.act.at, to_json(to_plain(result)))
    category = category_of(deed.use_case) or (Category.OPERATION if tx.moved_documents() else None)
    if category is not None:
        tx.append_audit(_entry(deed.use_case, deed.cmd, deed.act, category, "done", tx.changes()))
    return result


def _read_ahead(tx: Any, deeds: Sequence[Deed]) -> None:
    """What the group will need, in one statement a kind: known keys first, then what each use case declares."""
    tx.look_once()
    tx.expect_requests([(str(deed.act.actor), deed.claim[0]) for deed in deeds if deed.claim is not None])
    by_case: dict[Any, list[Deed]] = {}
    for deed in deeds:
        by_case.setdefault(deed.use_case, []).append(deed)
    # Payments are locked before orders, and orders before stock: who takes money goes first.
    for use_case, same in sorted(by_case.items(), key=lambda case: case[0] not in AHEAD):
        ahead = ahead_of(use_case)
        assert ahead is not None, f"{use_case.__name__} is not for groups"
        commands = [deed.cmd for deed in same]
        ahead(tx, commands)
        if use_case in AHEAD:
            AHEAD[use_case](tx, commands)


def _fingerprint(use_case: Callable[..., Any], cmd: Any) -> str:
    plain = to_sorted_json(to_plain(cmd))
    return hashlib.sha256(f"{use_case.__module__}.{use_case.__name__}\n{plain}".encode()).hexdigest()


def _entry(
    deed: Callable[..., Any], cmd: Any, act: Act, category: Category, outcome: str, changes: list[dict[str, Any]]
) -> AuditEntry:
    command = without_secrets(cmd) if attrs.has(type(cmd)) else {}
    return AuditEntry(
        category=category,
        at=act.at,
        actor=act.actor,
        actor_name=act.name,
        on_behalf_of=act.on_behalf_of,
        entry=act.origin.entry.value,
        address=act.origin.address,
        agent=act.origin.agent,
        deed=deed.__name__,
        outcome=outcome,
        reason=act.reason,
        correlation=act.correlation,
        command=command,
        changes=changes,
    )
