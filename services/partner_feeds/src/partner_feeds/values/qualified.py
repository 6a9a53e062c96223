"""Results that are no plain number: a limit with its sign (``<0,05``), or a word that says what was found."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.partner_feeds import Qualifier
from partner_feeds.values.texts import as_word, in_ascii

_SIGNS: Final = {
    "<": Qualifier.below_quantitation,
    "<=": Qualifier.at_most,
    "≤": Qualifier.at_most,
    "⩽": Qualifier.at_most,
    "≦": Qualifier.at_most,
    ">": Qualifier.above,
    ">=": Qualifier.above,
    "≥": Qualifier.above,
    "⩾": Qualifier.above,
    "≧": Qualifier.above,
}
_SIGNED = re.compile(r"(<=|>=|[<>≤≥⩽⩾≦≧])\s*([+-]?[0-9.,].*)", re.DOTALL).fullmatch

_WORDS: Final = {
    Qualifier.not_detected: (
        "nd nn bdl lod blod belowlod <lod <llod <dl <nwg <ng notdetected notdetectable nonedetected notfound "
        "nogrowth udn undetected nichtnachweisbar nichtnachgewiesen nichtdetektiert nichtdetektierbar "
        "nichtbestimmbar nb nondétecté nondétectée nondécelé nondécelable nonrilevato nonrilevata nonrilevabile "
        "nodetectado nodetectada nodetectable nosedetecta nãodetectado nãodetectada nãodetectável niewykryto "
        "niewykrywalny nedetekováno nezjištěno nedetekovatelné nietaantoonbaar nietaangetoond nietgedetecteerd "
        "nizaznano nizaznan nizaznana nedetektirano необнаружено необнаружен необнаружена невыявлено 未检出 未檢出 "
        "未检测到 未檢測到 未测出 检不出 検出せず 検出されず 検出されない 検出しない 不検出 未検出 불검출 미검출 "
        "검출안됨 검출되지않음"
    ),
    Qualifier.below_quantitation: (
        "<loq <lloq <lq <ql <bg bql blq bloq blloq loq belowloq nq notquantifiable tr trace traces spuren "
        "belowreportingthreshold <rt belowlimit udb podmejodoločljivosti inférieuràlq"
    ),
    Qualifier.too_numerous: "tntc toonumeroustocount overgrown zuviele nichtzählbar",
    "complies": (
        "complies comply conforms conform pass passes passed entspricht bestanden konform conforme ustreza skladno "
        "skladna cumple rispetta supera superato cumpre atende spełnia zgodny zgodna zgodne vyhovuje vyhovující "
        "voldoet соответствует соотв удовлетворяет 合格 符合 符合规定 符合規定 符合要求 合規 適合 适合 통과 적합 "
        "합격"
    ),
    "does not comply": (
        "doesnotcomply fail fails failed entsprichtnicht nichtbestanden nichtkonform nonconforming non-conforming "
        "outoflimits outofspecification oos nonconforme neustreza neskladno neskladna nocumple noconforme nãocumpre "
        "nãoconforme nãoatende nonsupera nonsuperato nonrispetta niespełnia niezgodny niezgodna niezgodne "
        "nevyhovuje nevyhovující voldoetniet nietconform несоответствует неудовлетворяет 不合格 不符合 不符合规定 "
        "不符合規定 不符合要求 不適合 不适合 규격외 부적합 불합격 불통과 規格外"
    ),
    "absent": (
        "absent absence absente negative neg negativ négatif négative negativo negativa negatywny ujemny negativní "
        "negatief abwesend odsotno sterile steril steriel ausente assente nieobecne nieobecny nepřítomno nepřítomen "
        "afwezig отсутствует отсутствуют отрицательный отрицательно 阴性 陰性 음성 无菌 無菌"
    ),
    "present": (
        "present présent présente positive pos positiv positif positivo positiva dodatni pozytywny pozitivní "
        "positief presente obecny obecne přítomno přítomen aanwezig prisotno присутствует положительный "
        "положительно detected nachgewiesen nachweisbar détecté détectée décelé detectado detectada rilevato "
        "rilevata wykryto detekováno zjištěno aangetoond aantoonbaar gedetecteerd zaznano обнаружено обнаружен "
        "выявлено 阳性 陽性 양성 检出 檢出 检测到 檢測到 検出 検出された 검출 검출됨"
    ),
}
_MEANINGS: Final = {word: means for means, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Qualified:
    """A result whose number, where there is one, is read by its qualifier; ``text`` is the word as written."""

    qualifier: Qualifier
    value: Decimal | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """In place of a value: the laboratory takes back what it reported before; ``text`` is the word as written."""

    text: str


def signed(text: str) -> tuple[Qualifier, str] | None:
    """The qualifier of a sign before a number, and the number's text; None for any other text."""
    found = _SIGNED(in_ascii(text))
    return (_SIGNS[found[1]], found[2]) if found else None


def meaning_of(word: str) -> str | None:
    """What a word in a column of results most likely says, to be proposed and never taken; None for other words."""
    return _MEANINGS.get(re.sub(r"[\s.]", "", as_word(word).casefold()))


_TAKES_BACK: Final = re.compile(
    r"\b(?:cancel|void|invalid|withdr[ae]w|revoked?|retract|supersed|obsolete|delet|reject|annul|storn|ungültig|verworfen|"
    r"zurückgezogen|gelöscht|ersetzt|aufgehoben|retiré|supprimé|anulad|eliminad|ritirat|preklic|neveljav)",
    re.IGNORECASE,
).search


def takes_back(word: str) -> bool:
    """Whether a word in a column of states most likely says that a result does not count any more."""
    return _TAKES_BACK(as_word(word)) is not None
