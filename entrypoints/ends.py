"""The ends outside that a process talks to, by its settings: sales channels, printers, brokers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import attrs

from houtai.adapters.channels.embedded import EmbeddedChannel
from houtai.adapters.printing.press import PrinterPress
from houtai.adapters.reachable import LOOPBACK, PRIVATE, Reachable
from houtai.adapters.secret_box import AesSecretBox, keys_of
from houtai.application.events import Publisher, announcing
from houtai.application.office import Office
from houtai.application.ports import Clock
from houtai.application.reactions import REACTIONS, Reaction
from houtai.application.relay import NotDelivered
from houtai.domain.event import Event
from houtai.domain.refusal import InvalidValue, Kind, Refusal
from houtai.domain.webhooks.address import UrlRules
from houtai.entrypoints.settings import DEVELOPMENT, Settings

if TYPE_CHECKING:
    from houtai.application.deliveries import ChannelGateway

SQLITE: Final = "sqlite:///"


@attrs.define(eq=False, slots=False)
class BrokerMissing(Refusal):
    """HOUTAI_EVENTS names a broker, and what speaks to it is not there."""

    code = "broker-missing"
    kind = Kind.UNAVAILABLE
    text = "HOUTAI_EVENTS is set, but {why}"

    why: str


def channels_of(settings: Settings) -> Callable[[UUID], ChannelGateway]:
    """What finds the channel for an id. In development each is an embedded one."""
    return EmbeddedChannels() if settings.env == DEVELOPMENT else no_channel


def press_of(settings: Settings) -> PrinterPress:
    """What draws and prints; on a machine in development a printer may stand on the machine itself."""
    networks = settings.printer_networks or (*PRIVATE, *(LOOPBACK if settings.env == DEVELOPMENT else ()))
    return PrinterPress(font=settings.font, folder=print_folder(settings), reachable=Reachable.of(networks))


def webhook_rules_of(settings: Settings) -> UrlRules:
    """Where endpoints may stand: at public addresses, in the networks that the settings name, in development on the machine."""
    at_home = settings.env == DEVELOPMENT
    return UrlRules((*settings.webhook_networks, *(LOOPBACK if at_home else ())), http_at_home=at_home)


def print_folder(settings: Settings) -> Path | None:
    """Where printers that are folders write: in development beside an SQLite database, else None where nothing is set."""
    if settings.print_dir:
        return Path(settings.print_dir)
    if settings.env == DEVELOPMENT and settings.db.startswith(SQLITE):
        return Path(settings.db.removeprefix(SQLITE).partition("?")[0] + "-prints")
    return None


def secret_box_of(settings: Settings) -> AesSecretBox:
    """What seals secrets with the keys that the settings name, or with those that lie beside the database."""
    return AesSecretBox(keys_of(settings.secret_key, settings.secret_key_file, settings.db))


def reactions_of(settings: Settings, clock: Clock) -> Mapping[type[Event], tuple[Reaction, ...]]:
    """What follows from events: the house's own reactions, and that they are announced where a broker is set."""
    return announcing(clock) if settings.events else REACTIONS


def publisher_of(settings: Settings, office: Office) -> Publisher | None:
    """What brings announced events to the broker; None where none is set. Raises BrokerMissing."""
    if not settings.events:
        return None
    from houtai.adapters.events.redis_streams import RedisBroker, Streams  # noqa: PLC0415  # needed only with a broker

    try:
        return Publisher(office, RedisBroker(Streams(settings.events, settings.events_prefix, settings.events_maxlen)))
    except NotDelivered as missing:
        raise BrokerMissing(why=str(missing)) from missing
    except ValueError as wrong:
        raise InvalidValue(field="HOUTAI_EVENTS", rule="must be a URL that redis-py understands") from wrong


class EmbeddedChannels:
    """One embedded channel for each id that is asked for."""

    def __init__(self) -> None:
        """No shop window yet."""
        self._known: dict[UUID, EmbeddedChannel] = {}

    def __call__(self, channel_id: UUID) -> EmbeddedChannel:
        """The channel, the same one each time."""
        return self._known.setdefault(channel_id, EmbeddedChannel(channel_id))


def no_channel(channel_id: UUID) -> ChannelGateway:
    """Raise NotDelivered: this house has no adapter for any channel."""
    message = f"no adapter is set up for channel {channel_id}"
    raise NotDelivered(message)
