"""Words for what is computed of results: a row under such a word is none of a lot, and none of a test."""

import re
from typing import Final

from partner_feeds.values.texts import CannotRead, as_word

_WORDS: Final = (
    r"mean|average|avg|s\.?d\.?|st(?:an)?d?(?:ard)?\.?[ -]?dev(?:iation)?|%?r\.?s\.?d\.?|srel|"
    r"rel(?:ative|\.)? ?(?:s\.?d\.?|st(?:an)?d?(?:ard)?\.? ?dev(?:iation)?)|cv|coefficient of variation|min(?:imum)?|"
    r"max(?:imum)?|median|variance|"
    r"mittel(?:wert)?|durchschnitt|(?:rel(?:ative|\.)? ?)?(?:standardabweichung|std?\.?-?abw\.?|stabwn?)|vk|"
    r"variationskoeffizient|varianz|"
    r"moyenne|moy\.?|(?:é|e)cart[- ]type(?: relatif)?|m(?:é|e)diane|coefficient de variation|"
    r"media|promedio|desviaci(?:ó|o)n (?:est(?:á|a)ndar|t(?:í|i)pica)(?: relativa)?|desv\.? ?est\.?|mediana|"
    r"m(?:í|i)nimo|m(?:á|a)ximo|deviazione standard(?: relativa)?|scarto tipo|minimo|massimo|"
    r"coefficiente di variazione|"
    r"(?:算术)?平均[值値]?|均值|(?:相[对對対])?[标標]准?準?(?:偏)?差|[变變変][异異動动]?系数|変動係数|最大[值値]?|最小[值値]?|中位[数數]|中央値"
)
_STATISTIC: Final = re.compile(
    rf"[%(Ø ]*(?:(?:{_WORDS})(?![^\W\d_])|(?-i:n)(?= *(?:=|$)))[ .:%()=]*(?:(?<=[ (=])(?:(?-i:n) ?=? ?)?[0-9]+\)?)?|ø",
    re.IGNORECASE,
).fullmatch
"""Alone, with a percent sign, or with of how many: ``RSD (%)``, ``Mean (n=6)``. A capital N is nitrogen."""


def is_statistic(text: str) -> bool:
    """Whether a text is a word for a statistic: a mean, a deviation, a smallest or largest value."""
    return _STATISTIC(as_word(text)) is not None


def test_name(text: str, column: str) -> str:
    """The same name of a test. Raises CannotRead for a statistic's, and for one without letters, as a date has none."""
    if not any(map(str.isalpha, text)):
        raise CannotRead(
            f"has no letter, and is the name of no test: is {column} the right column? Say its pattern, or name it in "
            "the column's codes, if tests are called so"
        )
    if is_statistic(text):
        raise CannotRead(
            f"is a statistic, and no test: leave such rows out, with skip: {{{column}: [{text!r}]}} in the mapping; or "
            "name it in the column's codes, if it is a test"
        )
    return text
