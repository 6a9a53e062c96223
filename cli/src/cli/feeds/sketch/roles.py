"""What a column's name says of its part in a result, in the languages of the first partners."""

import re
from typing import Final


def listed(text: str) -> frozenset[str]:
    """The words of a text, to be looked up."""
    return frozenset(text.split())


ROLES: Final = {
    "lot": "batch batchno batchnumber batchid batchcode lot lotno lotnumber lotid charge chargennummer "
    "chargenbezeichnung ch.-b. los losnummer lote lotto partie serie sarza serija",
    "product": "product productcode productid material materialcode materialnumber artikel artikelnummer article "
    "item itemcode sku produkt proizvod code",
    "test": "test testname testcode parameter analysis analyse prüfung merkmal characteristic determination analyte "
    "component reportedname analyt analyta parametro parametr preskus prüfparameter",
    "value": "result value ergebnis wert messwert resultat reportedvalue reportedresult finalresult testresult",
    "unit": "unit units einheit einheiten uom enota",
    "revision": "rev revision version stand",
    "date": "date datum day tested testdate analysisdate freigabe released completed",
}
"""Words that name a column's part."""
_BY_NAME: Final = {word: role for role, words in ROLES.items() for word in words.split()}
_PLAIN = re.compile(r"[\s_#.-]+|nr\.?$|no\.?$")

_WORDS = re.compile(r"[A-Za-zÀ-ž]+?(?=[A-Z][a-z]|[^A-Za-zÀ-ž]|$)")
_TESTED: Final = listed(
    "test tested testdate analysis analysed analyzed measured measurement acquired acquisition run "
    "completed finished complete released freigabe prüfdatum result reported date"
)
_NOT_TESTED: Final = listed(
    "sample sampled sampling draw drawn calibration calibrated received receipt expiry expiration expires "
    "created printed manufactured manufacture production due last modified reanalysis plate standards "
    "login review"
)
_LIMITS: Final = listed(
    "loq lod lloq uloq limit limits grenze grenzwert untergrenze obergrenze lsl usl sollwert bg nwg meja limite"
)
_SPECIFIED: Final = listed("spec specification spezifikation")
_TAKEN_FOR_IT: Final = listed("einwaage pesata pesée zatehta")
_SAMPLES: Final = listed("sample samples probe proben vzorec specimen")
_TYPES: Final = listed("type role task content control status category typ art")
_NUMBERED: Final = listed("id entry no nr number version name position pos code nummer identifier")
_PLACED: Final = listed(
    "well row col column index serial barcode spot vial sequence injection replicate repeat rep wdh lfd plate sample "
    "probe vzorec month monat mois mese mesec"
)
_NEVER: Final = listed("version serial barcode")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def role_of(name: str) -> str:
    """The role that a column's name tells; blank for one that tells none."""
    role = _BY_NAME.get(_PLAIN.sub("", name.lower()), "") or _BY_NAME.get(name.lower(), "")
    if not role and words_of(name)[-1:] in (["unit"], ["units"]):
        return "unit"
    # The value of a result that is an object of its own. Of other members the last word says less.
    return role or ("value" if _BY_NAME.get(name.lower().rpartition(".")[2]) == "value" else "")


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters, without what stands in brackets at its end."""
    return [word.lower() for word in _WORDS.findall(_BRACKETS.sub("", name))]


def says_when(name: str) -> int:
    """How likely a date of this name is that of the test: below zero it says the time of something else."""
    words = set(words_of(name))
    return len(words & _TESTED) - 3 * len(words & _NOT_TESTED)


def names_samples(name: str) -> bool:
    """Whether a column names samples, by which a laboratory may know lots."""
    return bool(set(words_of(name)) & _SAMPLES)


def says_type(name: str) -> bool:
    """Whether a column says of what kind each row is, such as a sample or a blank."""
    return bool(set(words_of(name)) & _TYPES)


def counts_or_places(name: str) -> bool:
    """Whether numbers of this name are no results: an id, a version, a month, a place on a plate."""
    words = words_of(name)
    if name.startswith(("#", "@")) or name.endswith("#"):
        return True
    if words[:2] in (["number", "of"], ["count", "of"]):
        return False
    return bool(words) and (words[-1] in _NUMBERED | _PLACED or bool(set(words) & _NEVER))


def why_beside_results(name: str) -> str:
    """What numbers are that stand beside results, by the column's name; blank where they may be results."""
    words = words_of(name)
    if set(words[-1:]) & _LIMITS or set(words[:1]) & _SPECIFIED:
        return "ASK: it is called a limit: take it under limits of the record, or as a limit_column"
    return "an amount that was taken for the test by its name, and no result" if set(words) & _TAKEN_FOR_IT else ""
