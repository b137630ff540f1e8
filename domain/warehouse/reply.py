"""What a station answers to a scan: the next state, a prompt, data to show, a message with a level, and a sound."""

from __future__ import annotations

import enum
from typing import Any, Final, Generic, TypeVar

import attrs

from houtai.domain.refusal import Refusal
from houtai.domain.warehouse.words import TEXTS, Language

S = TypeVar("S")


class MessageLevel(enum.Enum):
    """How a message is meant; each has a colour, a word and a symbol, never a colour alone."""

    SUCCESS = "success"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    STOP = "stop"  # 拦截: the goods in hand go to the exception bin


class Sound(enum.Enum):
    """What is heard: patterns of the bell, or a voice where the station has one."""

    SILENT = "silent"
    OK = "ok"
    ASK = "ask"
    WRONG = "wrong"
    ALARM = "alarm"


SOUNDS: Final = {
    MessageLevel.SUCCESS: Sound.OK,
    MessageLevel.INFO: Sound.SILENT,
    MessageLevel.WARNING: Sound.ASK,
    MessageLevel.ERROR: Sound.WRONG,
    MessageLevel.STOP: Sound.ALARM,
}


@attrs.frozen
class Phrase:
    """A text of the catalogue with the values for its gaps; ``text`` gives it in a language."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    def text(self, language: Language) -> str:
        """The words as somebody reads them."""
        return TEXTS[self.code][language].format(**dict(self.facts))


def phrase(code: str, **facts: Any) -> Phrase:
    """A phrase with these values, each as text."""
    return Phrase(code, tuple((name, str(value)) for name, value in facts.items()))


@attrs.frozen
class StationMessage:
    """What just happened."""

    level: MessageLevel
    phrase: Phrase

    @property
    def code(self) -> str:
        """The phrase's code, which programs go by."""
        return self.phrase.code

    def text(self, language: Language) -> str:
        """The words as somebody reads them."""
        return self.phrase.text(language)


def asks(message: StationMessage) -> bool:
    """Whether it is a question that the same scan again answers with yes; other warnings only tell."""
    return message.level is MessageLevel.WARNING and message.code.startswith("confirm-")


@attrs.frozen
class Reply(Generic[S]):
    """The answer to a scan. After an error `state` is the state before: nothing moved and no quantity changed."""

    state: S
    prompt: Phrase
    data: tuple[tuple[str, str], ...] = ()
    message: StationMessage | None = None
    popup: Phrase | None = None

    @property
    def sound(self) -> Sound:
        """What is heard with it."""
        return Sound.SILENT if self.message is None else SOUNDS[self.message.level]


_STOPS: Final = frozenset({"outbound.intercepted"})
_INFORMS: Final = frozenset({"check.already-checked"})


def refused(state: S, prompt: Phrase, refusal: Refusal) -> Reply[S]:
    """The answer to a scan that was refused: the same state and prompt, and the refusal in words."""
    level = MessageLevel.ERROR
    if refusal.code in _STOPS:
        level = MessageLevel.STOP
    elif refusal.code in _INFORMS:
        level = MessageLevel.INFO
    code = refusal.code if refusal.code in TEXTS else "refused"
    facts = refusal.facts() if refusal.code in TEXTS else {"what": str(refusal)}
    return Reply(state, prompt, message=StationMessage(level, phrase(code, **facts)))
