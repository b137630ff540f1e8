"""How text is cut for search: Chinese into overlapping pairs, so that two characters find a name; the rest into words."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence

import attrs

MAX_PHRASES = 10
MAX_TOKENS = 40


@functools.lru_cache(maxsize=20_000)
def _class_of(sign: str) -> str:
    """'' for what parts words, 'd' for digits, 'h' for scripts written without spaces, 'w' for other letters."""
    if sign.isascii():
        return "d" if sign.isdecimal() else "w" if sign.isalpha() else ""
    if not unicodedata.category(sign).startswith("L"):
        return ""
    name = unicodedata.name(sign, "")
    return "h" if name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")) else "w"


def _runs(text: str) -> Iterable[tuple[str, str]]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    run, kind = "", ""
    for raw in folded:
        sign = str(unicodedata.digit(raw)) if unicodedata.category(raw) == "Nd" else raw
        found = _class_of(sign)
        if found != kind and run:
            yield kind, run
            run = ""
        kind = found
        run = run + sign if found else ""
    if run:
        yield kind, run


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text in order. 保温杯 gives 保温 温杯 杯: each character begins a token, so that one alone is a prefix."""
    found: list[str] = []
    for kind, run in _runs(text):
        if kind == "h":
            found.extend(run[place : place + 2] for place in range(len(run)))
        else:
            found.append(run)
    return tuple(found)


def indexed(parts: Iterable[str]) -> str:
    """The text to store in a full-text column: the tokens of all parts with spaces between.

    Each part ends with a lone token (a Chinese run with its last character), so that no pair reaches into the next part.
    """
    return " ".join(token for part in parts for token in tokens(part))


@attrs.frozen
class Words:
    """A search: every phrase must occur, its tokens side by side, the last one as the beginning of a word."""

    phrases: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """From what somebody typed: words parted by spaces are sought anywhere, in any order."""
        phrases = []
        for word in text.split()[:MAX_PHRASES]:
            found = list(tokens(word)[:MAX_TOKENS])
            if len(found) > 1 and len(found[-1]) == 1 and found[-2].endswith(found[-1]) and _class_of(found[-1]) == "h":
                found.pop()  # the lone end of a Chinese run: in the text more may follow
            if found:
                phrases.append(tuple(found))
        return cls(tuple(dict.fromkeys(phrases)))

    def match(self, stored: Sequence[str]) -> bool:
        """Whether a text with these tokens holds every phrase: the meaning that each adapter's index must give."""
        return bool(self.phrases) and all(_holds(stored, phrase) for phrase in self.phrases)


def _holds(stored: Sequence[str], phrase: tuple[str, ...]) -> bool:
    body, last = phrase[:-1], phrase[-1]
    for start in range(len(stored) - len(phrase) + 1):
        end = start + len(body)
        if tuple(stored[start:end]) == body and stored[end].startswith(last):
            return True
    return False
