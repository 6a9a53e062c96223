"""Words that stand where a name should: of what is computed of results or asked of them, and of the cell above."""

import re
from typing import Final

from partner_feeds.values.texts import CannotRead, as_word

_AS_ABOVE: Final = "stands for the cell above: write it out in each row, or say fill_down: true of the column"
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
    r"(?:ś|s)rednia|odchylenie standardowe|mediana|pr(?:ů|u)m(?:ě|e)r|sm(?:ě|e)rodatn(?:á|a) odchylka|povpre(?:č|c)je|"
    r"standardni odklon|gemiddelde|standaardafwijking|m(?:é|e)dia|desvio[- ]padr(?:ã|a)o|среднее(?: значение)?|ско|"
    r"mw|"
    r"(?:算术)?平均[值値]?|均值|(?:相[对對対])?[标標]准?準?(?:偏)?差|[变變変][异異動动]?系数|変動係数|最大[值値]?|最小[值値]?|中位[数數]|中央値"
)
_OF_HOW_MANY = r"(?:(?<=[ (=])(?:(?:(?-i:n) ?=?|of|aus|de|von) ?)?[0-9]+\)?)?"
_STATISTIC: Final = re.compile(
    rf"[%(Ø ]*(?:(?:{_WORDS})(?![^\W\d_])|(?-i:n)(?= *(?:=|$)))[ .:%()=]*{_OF_HOW_MANY}|ø", re.IGNORECASE
).fullmatch
"""Alone, with a percent sign, or with of how many: ``RSD (%)``, ``Mean (n=6)``. A capital N is nitrogen."""


_ASKED: Final = re.compile(
    r"(?:lower |upper |untere?r? |obere?r? )?(?:spec(?:ification)?s?\.?|spez(?:ifikation)?\.?|limit[es]?s?|"
    r"grenz(?:e|wert)e?n?|soll(?:wert)?|lsl|usl|nmt|nlt|target|acceptance criteri(?:a|on)|anforderung(?:en)?|"
    r"sp(?:é|e)cifications?|especificaci(?:ó|o)n|specifica|zahteva|规格|限度|標準|规定)(?: ?[(\[].*)?",
    re.IGNORECASE,
).fullmatch
_ABOVE: Final = re.compile(
    r"ditto|dto\.?|do\.|id(?:em)?\.?|dito|desgl\.?|s(?:iehe|\.)? ?(?:o(?:ben|\.))|wie oben|(?:see|as|same as) above|"
    r"ci-dessus|同上|上同|〃|[\"'\u201c\u201d\u2032\u2033\u3003]+|-+ ?[\"'\u201c\u201d\u2032\u2033]+ ?-+",
    re.IGNORECASE,
).fullmatch


def is_statistic(text: str) -> bool:
    """Whether a text is a word for a statistic: a mean, a deviation, a smallest or largest value."""
    return _STATISTIC(as_word(text)) is not None


def says_as_above(text: str) -> bool:
    """Whether a text stands for what is in the cell above, as ``ditto`` and its mark do."""
    return _ABOVE(as_word(text)) is not None


def test_name(text: str, column: str) -> str:
    """The same name of a test. Raises CannotRead for a statistic's, and for one without letters, as a date has none."""
    if says_as_above(text):
        raise CannotRead(_AS_ABOVE)
    if not any(map(str.isalpha, text)):
        raise CannotRead(
            f"has no letter, and is the name of no test: is {column} the right column? Say its pattern, or name it in "
            "the column's codes, if tests are called so"
        )
    what = "a statistic" if is_statistic(text) else "a limit" if _ASKED(as_word(text)) else ""
    if what:
        raise CannotRead(
            f"is {what}, and no test: leave such rows out, with skip: {{{column}: [{text!r}]}} "
            "in the mapping; or name it in the column's codes, if it is a test"
        )
    return text
