"""Coming in at a station by badge and PIN: flows of several transactions around a slow hash."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from typing import NoReturn

import attrs

from houtai.application.access.authenticate import TOKEN_PREFIX
from houtai.application.access.login_log import login_entry
from houtai.application.access.ports import PasswordHasher
from houtai.application.access.settings import AccessSettings
from houtai.application.ports import Performer
from houtai.application.warehouse.people import SetPin, set_pin, show_staff
from houtai.application.warehouse.shifts import (
    BadgeTry,
    BeginShift,
    Counted,
    OwnWork,
    UnlockShift,
    begin_shift,
    count_badge_try,
    show_own_work,
    unlock_shift,
)
from houtai.domain.access.session import token_hash
from houtai.domain.act import Act, Origin
from houtai.domain.authority import Authority
from houtai.domain.ids import SessionId, StaffId, StationId, uuid7
from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.refusals import BadgeRefused
from houtai.domain.warehouse.shift import Shift
from houtai.domain.warehouse.staff import MAX_PIN, Staff, check_pin


@attrs.frozen
class AtWork:
    """A fresh shift: its token is shown here once and never again."""

    token: str = attrs.field(repr=False)
    shift: Shift


class BadgeDoor:
    """The way in at stations. Safe to share between threads."""

    def __init__(self, office: Performer, hasher: PasswordHasher, settings: AccessSettings = AccessSettings()) -> None:
        """`hasher` is called outside of every transaction; sessions last as `settings` say."""
        self._office = office
        self._hasher = hasher
        self._settings = settings
        self._dummy: str | None = None
        self._dummy_lock = threading.Lock()

    def log_in(self, badge: str, pin: str, station: StationId, origin: Origin) -> AtWork:
        """Begin a shift. The session does what the account may do, as far as that is work in the warehouse.

        Raises TooManyTries before the PIN is looked at, BadgeRefused without saying what was wrong, AddressNotAllowed. Every
        try is in the log; a badge that nobody has costs the same time.
        """
        counted, person = self._proved(badge, pin, "begin_shift", origin)
        at = self._office.clock.now()
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        cmd = BeginShift(
            session=SessionId(uuid7(at)),
            staff=person.id,
            station=station,
            subject=counted.subject,
            token_hash=token_hash(token),
            seen_hash=person.pin_hash,
            expires_at=at + self._settings.session_life,
            idle_s=self._settings.idle // dt.timedelta(seconds=1),
        )
        name = "" if counted.account is None else counted.account.name
        act = Act(at, person.account_id, Authority(person.account_id), name, origin)
        return AtWork(token, self._office.perform(begin_shift, cmd, act))

    def unlock(self, badge: str, pin: str, act: Act) -> Shift:
        """Go on after a lock, in the act's session.

        Raises NoShift where nobody is at work, else what `log_in` raises, also for another's badge.
        """
        self._office.ask(show_own_work, OwnWork(locked_too=True), act)
        counted, person = self._proved(badge, pin, "unlock_shift", act.origin)
        return self._office.perform(unlock_shift, UnlockShift(counted.subject, person.pin_hash), act)

    def set_pin(self, staff: StaffId, expected_version: int, pin: str, act: Act) -> Staff:
        """Give somebody a PIN. Raises InvalidValue for one that is easy to guess, and what `people.set_pin` raises."""
        self._office.ask(show_staff, staff, act)
        hashed = self._hasher.hash(check_pin(pin))
        return self._office.perform(set_pin, SetPin(staff, expected_version, hashed), act)

    def _proved(self, badge: str, pin: str, deed: str, origin: Origin) -> tuple[Counted, Staff]:
        """The person whose PIN this is."""
        counted = self._office.perform(count_badge_try, BadgeTry(badge[:100]), self._nobody(origin))
        if counted.refusal is not None:
            self._refuse(deed, origin, counted, counted.refusal)
        person = counted.person
        known = person is not None and bool(person.pin_hash)
        right = self._hasher.verify(person.pin_hash if person is not None and known else self._nobodys_hash(), pin[: MAX_PIN + 1])
        if person is None or not known or not right:
            self._refuse(deed, origin, counted, BadgeRefused(), "wrong PIN" if known else "no such badge, or no PIN yet")
        return counted, person

    def _refuse(self, deed: str, origin: Origin, counted: Counted, refusal: Refusal, why: str = "") -> NoReturn:
        """Put the try into the login log, then refuse it."""
        self._office.log(login_entry(deed, self._nobody(origin), counted.account, refusal.code, why))
        raise refusal

    def _nobodys_hash(self) -> str:
        with self._dummy_lock:
            if self._dummy is None:
                self._dummy = self._hasher.hash(secrets.token_urlsafe(32))
            return self._dummy

    def _nobody(self, origin: Origin) -> Act:
        return Act.of_nobody(self._office.clock.now(), origin)
