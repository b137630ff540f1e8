"""What a password must be: long, not common, not the account's own name (ASVS 6.2)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from houtai.domain.access.refusals import WeakPassword

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128  # past this a password only feeds the hash's memory
MIN_DISTINCT: Final = 5

# What people type first. A password is common if nothing but these, digits and signs is in it.
_WORDS: Final = """
    password passwort passwd passcode pass pwd secret admin administrator root user guest test tester testing demo default
    login welcome hello letmein changeme change temp temporary master system server manager owner office company shop store
    houtai backoffice warehouse merchant service support access account qwerty qwertyuiop qwertyui asdfgh asdfghjkl zxcvbn
    zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qwer asdf zxcv abc abcd abcde abcdef abcdefg abcdefgh iloveyou love loveyou
    lovely sunshine princess dragon monkey football baseball basketball superman batman spiderman pokemon starwars shadow
    michael jordan jennifer michelle charlie thomas daniel george killer hunter ranger buster soccer hockey pepper ginger
    cheese cookie banana orange summer winter spring autumn january february march april june july august september october
    november december monday friday sunday freedom whatever trustno trustnoone nothing internet computer samsung google
    facebook microsoft windows android iphone apple huawei xiaomi taobao tmall alipay wechat weixin alibaba jingdong baidu
    woaini aini woaiwojia mima mimamima wodemima guanli guanliyuan houtaiguanli gongsi dianpu cangku zhongguo beijing shanghai
    guangzhou shenzhen hangzhou nihao zhang wang li liu chen yang huang zhao wu zhou xiaoming laogong laopo baobei
    correcthorsebatterystaple thisisapassword thisismypassword mypassword yourpassword newpassword oldpassword my the is your
    new old and i a you for me name
"""
_COMMON: Final = frozenset(_WORDS.split())
_LONGEST: Final = max(map(len, _COMMON))
_LEET: Final = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i"})
_ROWS: Final = (
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)


def typed_password(text: str) -> str:
    """What somebody typed, in the form that is hashed: Unicode NFKC, the same from every keyboard, never much too long."""
    return unicodedata.normalize("NFKC", text[: 2 * MAX_LENGTH])[: MAX_LENGTH + 1]


def check_password(text: str, login_name: str, display_name: str = "") -> str:
    """The plain form of a password that may be used. Raises WeakPassword with the first rule that it breaks."""
    plain = typed_password(text)
    if len(plain) > MAX_LENGTH:
        raise WeakPassword(rule=f"must have at most {MAX_LENGTH} characters")
    low = plain.casefold()
    if len(plain) < MIN_LENGTH:
        raise WeakPassword(rule=f"must have at least {MIN_LENGTH} characters")
    if len(set(low)) < MIN_DISTINCT:
        raise WeakPassword(rule=f"must have at least {MIN_DISTINCT} different characters")
    names = {login_name.casefold(), login_name.casefold().split("@", 1)[0], *display_name.casefold().split()}
    own = [name for name in names if len(name) > 2 and name in low]
    if own and is_common(re.sub("|".join(map(re.escape, own)), "", low)):
        raise WeakPassword(rule="must not be made of the account's name")
    if is_common(low):
        raise WeakPassword(rule="must not be a common one")
    return plain


def is_common(low: str) -> bool:
    """Whether a lower-case text is nothing but common words, keyboard walks, repetitions, digits and signs."""
    plain = _without_walks(low)
    return any(_made_of_common(form) for form in {plain, plain.translate(_LEET)})


def _made_of_common(text: str) -> bool:
    runs = re.findall(r"[^\W\d_]+", text)
    others = re.sub(r"[^\W\d_]+|(?:19|20)\d\d", "", text)
    return ("".join(runs) in _COMMON or all(_splits(run) for run in runs)) and len(set(others)) < MIN_DISTINCT + 2


def _without_walks(text: str) -> str:
    """The text without pieces of four or more that lie side by side on a keyboard or in the alphabet, either way."""
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for size in range(len(row), 3, -1):
            for start in range(len(row) - size + 1):
                text = text.replace(row[start : start + size], "1")
    return text


def _splits(run: str) -> bool:
    """Whether a run of letters can be cut into common words or repeats of one letter."""
    reached = {0}
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            piece = run[start:end]
            if start in reached and (piece in _COMMON or (len(piece) > 2 and len(set(piece)) == 1)):
                reached.add(end)
                break
    return len(run) in reached
