"""The base of everything that happened: an event names a fact in the past, and reactions.py says what follows from it."""

import attrs


@attrs.frozen
class Event:
    """A fact that one module announces and others above it may react to, in the same transaction."""
