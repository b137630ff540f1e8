"""The ways in which webhooks say no."""

from __future__ import annotations

import attrs

from houtai.domain.refusal import Kind, Refusal


@attrs.define(eq=False, slots=False)
class EndpointNotActive(Refusal):
    """Nothing is sent to an endpoint that is paused or disabled; it has to be resumed first."""

    code = "webhooks.endpoint-not-active"
    kind = Kind.CONFLICT
    text = "the endpoint is {state}; resume it first"

    state: str


@attrs.define(eq=False, slots=False)
class TooManyEndpoints(Refusal):
    """One owner has as many endpoints as there may be; one that is disabled does not count."""

    code = "webhooks.too-many-endpoints"
    kind = Kind.CONFLICT
    text = "there are {count} endpoints already, and there may be {most}"

    count: int
    most: int


@attrs.define(eq=False, slots=False)
class TooManySecrets(Refusal):
    """So many secrets of the endpoint are still good that another would make the header too long; one ends by itself."""

    code = "webhooks.too-many-secrets"
    kind = Kind.CONFLICT
    text = "{count} secrets are still good; the next may be made once one of them has ended"

    count: int
