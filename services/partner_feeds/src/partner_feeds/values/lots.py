"""Numbers of lots: two that look alike are one, and one that a spreadsheet spoiled is refused, never another lot."""

import re
import unicodedata
from typing import Final

from contracts import check_code
from partner_feeds.values.statistics import is_statistic, says_as_above
from partner_feeds.values.texts import CannotRead, in_ascii

_HYPHENS: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-")
"""What looks like a hyphen and is another character."""

_MONTHS = (
    "jan|feb|fev|fév|mar|mär|mrz|mars|apr|avr|abr|may|mai|maj|mag|jun|juin|giu|jul|juil|lug|aug|avg|août|aou|ago|"
    "sep|sept|set|okt|oct|ott|nov|dec|dez|déc|dic"
)
_SPOILED: Final = (
    (
        re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E[+-][0-9]{2,3}", re.IGNORECASE).fullmatch,
        "is a number that a spreadsheet rounded to its first digits",
    ),
    (
        re.compile(rf"[0-9]{{1,4}}[-. /]{{1,2}}(?:{_MONTHS})\.?|(?:{_MONTHS})[-. /]{{1,2}}[0-9]{{1,4}}", re.IGNORECASE)
        .fullmatch,
        "is a date that a spreadsheet made of something else",
    ),
    (
        re.compile(
            r"(?:[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T][0-9]{1,2}:[0-9]{2}.*)?"
        ).fullmatch,
        "is a date, perhaps one that a spreadsheet made of something else",
    ),
    (re.compile(r"[0-9]+[.,]0+").fullmatch, "is a number with decimals, and may have lost zeros in front"),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+").fullmatch, "is a number with thousands separators"),
    (re.compile(r"#+|\*+|#[A-Z][A-Z/0]*[!?]?").fullmatch, "is what a spreadsheet shows in place of a value"),
    (re.compile(r"'.*").fullmatch, "begins with an apostrophe, by which a spreadsheet marks text"),
)  # fmt: skip
_SEQUENCE = re.compile(
    r"(?:blank|leerwert|blindwert|std|standard|sst|qc|control|kontrolle)[\s._-]*[0-9]{1,2}", re.IGNORECASE
).fullmatch
"""What a laboratory runs beside its samples: STD-0117 may be a lot."""


_LABELS = (
    r"lot|lots?\s?(?:no|nr)|batch|charge|charg|chg|ch\.?-?\s?b|chargen(?:-?(?:nr|nummer|bez(?:eichnung)?))?|los(?:nummer)?|lote|lotto|"
    r"partie|partita|partij|parti|serie|série|serija|šarža|šarže|sarza|szarża|seria|serii|серия|партия|номер серии|"
    r"lotnummer|batchnummer"
)
_LABELLED = re.compile(
    rf"(?:(?:(?:(?:n[°ºo]|nr|num(?:é|e)ro|número)[\s.]*(?:d[eiu]\s+)?)?(?:{_LABELS})[\s.:#-]*"
    r"(?:no|nr|number|num|nummer|bez|id|n[°ºo]|№)?|n[°ºo]|nr|№)(?:[.:#]\s*|\s+)|"
    r"(?:[批制製][号號番]?|ロット(?:番号)?|로트|제조번호|배치)\s*[.:#]?\s*)(?=.*[0-9]).+",
    re.IGNORECASE,
).fullmatch
_REMARK = re.compile(
    r".*[0-9].*?(?:[\s_,;/-]*\s[-–]?\s*(?:neu|new|nouveau|nuevo|nuovo|novo|alt|old|ancien|viejo|vecchio|staro|re-?test(?:ed)?|"
    r"re-?work(?:ed)?|re-?analysis|re-?sampled?|repeat(?:ed)?|repetition|dup(?:licate)?|copy|kopie|wiederholung|wdh\.?|"
    r"nachtest|nachprüfung|umgearbeitet|répétition|repetición|ripetizione|ponovitev|ponovno)|"
    r"\s*(?:复[测检验]|複[測檢驗]|重[测检测検]|再(?:試験|検査?|测|检)|新|旧|舊|재시험|재검))",
    re.IGNORECASE,
).fullmatch


def _is_of_two(text: str) -> bool:
    """``26-0117/26-0118``: parts of one shape, each of which is a lot's number; of ``A12/34`` none is."""
    shapes = {re.sub("[0-9]", "0", part.strip()) for part in text.split("/")}
    return "/" in text and len(shapes) == 1 and bool(re.fullmatch(r"[A-Za-z0]*0-0{3,}", shapes.pop()))


_NUMBER: Final = (
    (_LABELLED, "begins with its label"),
    (_REMARK, "ends with a remark"),
    (says_as_above, "stands for the cell above"),
    (re.compile(r"[(\[{].*[)\]}]").fullmatch, "stands in brackets"),
    (re.compile(r".*(?:\s-|-\s).*").fullmatch, "has a blank beside its hyphen"),
    (
        re.compile(r"(?:spec(?:ification)?s?|limits?|nlt|nmt|lsl|usl|soll|grenz\w*)\b.*", re.IGNORECASE).fullmatch,
        "is a limit",
    ),
    (re.compile(r"0+").fullmatch, "is nothing but zeros"),
    (is_statistic, "is a statistic"),
    (re.compile(r"#.*").fullmatch, "begins as a comment does"),
    (re.compile(r'".*|.*"').fullmatch, "has quotes that enclose no cell"),
    (re.compile(r".*[*\u2020\u2021\u00a7]").fullmatch, "has the mark of a footnote behind it"),
    (re.compile(r".*(?:[,;]\s|\s(?:[+&]|and|or|to|und|oder|bis|in|do|et|ou)\s).*").fullmatch, "seems to name several"),
    (re.compile(r".*[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]").fullmatch, "has the mark of a footnote behind it"),
    (
        re.compile(
            r"(?:page|seite|printed|gedruckt|total|sum|mean|average|mittel\w*|rsd|n=)\b.*", re.IGNORECASE
        ).fullmatch,
        "is a line of the report",
    ),
    (re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?").fullmatch, "is a time of the day"),
    (re.compile(r"[0-9]{2,4}\s?\u5e74.*").fullmatch, "is a date"),
    (re.compile(r".*[.,;:?!]").fullmatch, "has a mark behind it"),
    (re.compile(r"(?:\u00d8\s|[\u2300\u2205]).*").fullmatch, "is a mean"),
    (re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}").fullmatch, "is a number with thousands separators"),
    (_SEQUENCE, "is no sample of a lot"),
    (_is_of_two, "seems to name several"),
    (re.compile(r"[^0-9]*").fullmatch, "has no digit"),
    (re.compile(r".*\s\(.*\)").fullmatch, "has a remark behind it"),
)
"""Of a lot's number alone: a material's code may look so."""
_LIKE_LATIN = re.compile(
    "[\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445"
    "\u0455\u0456\u0458]"
).search
"""Greek and Cyrillic letters of which nobody sees that they are not Latin ones."""
_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f]").findall


def lot_number(text: str, *, as_it_is: bool = False, of_a_lot: bool = False) -> str:
    """The number with plain hyphens, letters and digits. Raises CannotRead for one that is spoiled.

    ``as_it_is``: a pattern says that it may look so. ``of_a_lot``: it is a lot's whole number, and no material's code.
    """
    if (
        text.isascii()
        and text.isalnum()
        and (as_it_is or not of_a_lot or not (text.isalpha() or _SEQUENCE(text) or not text.strip("0")))
    ):
        return text
    plain = " ".join(in_ascii(text).translate(_HYPHENS).split())
    if not plain.isascii() and all(map(_LIKE_LATIN, _SCRIPT(plain))) and (found := _LIKE_LATIN(plain)):
        raise CannotRead(
            f"{found[0]} is the {unicodedata.name(found[0])}, which looks like another: write the Latin one"
        )
    try:
        check_code(plain)
    except ValueError as error:
        raise CannotRead(str(error)) from error
    if as_it_is:
        return plain
    for known, other in ((_SPOILED, ""), (_NUMBER if of_a_lot else (), ", or take it out of the cell by part")):
        for is_so, what in known:
            if is_so(plain):
                raise CannotRead(
                    f"{what}: write the lot's number as its label has it, in a cell formatted as text{other}; or give "
                    "the column the pattern of its numbers, if they look so"
                )
    return plain
