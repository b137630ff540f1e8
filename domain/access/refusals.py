"""The ways in which access says no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class LoginRefused(Refusal):
    """Name, password or code is wrong, or the account is closed; which of them is never said."""

    code = "access.login-refused"
    kind = Kind.UNAUTHENTICATED
    text = "name, password or code is not right"


@attrs.define(eq=False, slots=False)
class CodeNeeded(Refusal):
    """The password was right and the account asks for a one-time code as well."""

    code = "access.code-needed"
    kind = Kind.UNAUTHENTICATED
    text = "this account also asks for a one-time code"


@attrs.define(eq=False, slots=False)
class TooManyTries(Refusal):
    """Too many failed tries, by this name or from this address; the password was not looked at."""

    code = "access.too-many-tries"
    kind = Kind.LIMITED
    text = "too many failed tries; wait {retry_after_s} seconds"

    retry_after_s: int


@attrs.define(eq=False, slots=False)
class AddressNotAllowed(Refusal):
    """The account or one of its roles is limited to networks that this address does not lie in."""

    code = "access.address-not-allowed"
    kind = Kind.FORBIDDEN
    text = "not allowed from {address}"

    address: str


@attrs.define(eq=False, slots=False)
class PasswordChangeNeeded(Refusal):
    """The session stands on a one-time password and may only change it."""

    code = "access.password-change-needed"
    kind = Kind.FORBIDDEN
    text = "the one-time password has to be changed first"


@attrs.define(eq=False, slots=False)
class WeakPassword(Refusal):
    """The new password breaks a rule."""

    code = "access.weak-password"
    kind = Kind.INVALID
    text = "password: {rule}"

    rule: str


@attrs.define(eq=False, slots=False)
class WrongPassword(Refusal):
    """The present password, asked again before a change of credentials, is wrong."""

    code = "access.wrong-password"
    kind = Kind.FORBIDDEN
    text = "the present password is not right"


@attrs.define(eq=False, slots=False)
class WrongCode(Refusal):
    """The one-time code does not belong to the secret that is being set up, or was used already."""

    code = "access.wrong-code"
    kind = Kind.INVALID
    text = "the one-time code is not right, or was used already"


@attrs.define(eq=False, slots=False)
class CodesAlreadyOn(Refusal):
    """One-time codes are on; they have to be switched off before they can be set up anew."""

    code = "access.codes-already-on"
    kind = Kind.CONFLICT
    text = "one-time codes are on already"


@attrs.define(eq=False, slots=False)
class CodesNotSetUp(Refusal):
    """There is no secret to confirm or to switch off."""

    code = "access.codes-not-set-up"
    kind = Kind.CONFLICT
    text = "one-time codes are not set up"


@attrs.define(eq=False, slots=False)
class NotHeld(Refusal):
    """Nobody hands out, or takes charge of, rights that go beyond their own."""

    code = "access.not-held"
    kind = Kind.FORBIDDEN
    text = "these rights go beyond your own: {verbs}"

    verbs: tuple[str, ...]


@attrs.define(eq=False, slots=False)
class LastAdministrator(Refusal):
    """After this nobody could administer the house any more."""

    code = "access.last-administrator"
    kind = Kind.CONFLICT
    text = "{name} is the last account that may do everything"

    name: str


@attrs.define(eq=False, slots=False)
class AccountDisabled(Refusal):
    """The account is disabled; enable it first."""

    code = "access.account-disabled"
    kind = Kind.CONFLICT
    text = "account {name} is disabled"

    name: str
