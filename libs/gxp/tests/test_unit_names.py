"""Units as people write them: the likely one is named, and none is taken that UCUM reads as another."""

import pytest

from gxp.unit_names import is_another, is_of_another_kind, is_stated_as, is_surely_a_unit, why_no_unit


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("CFU/g", "[CFU]/g"), ("KBE/mL", "[CFU]/mL"), ("UFC / g", "[CFU]/g"), ("IU/mg", "[IU]/mg"), ("ppm", "[ppm]"),
        ("% w/w", "%"), ("%(m/m)", "%"), ("% LC", "%"), ("% w/v", "g/dL"),
        ("\u00b5g/mL", "ug/mL"), ("\u03bcg/mL", "ug/mL"),
        ("mcg/mL", "ug/mL"), ("mOsmol/kg", "mosm/kg"), ("\u00b0C", "Cel"), ("\u00b5S/cm", "uS/cm"), ("mPa*s", "mPa.s"),
        ("mPa\u00b7s", "mPa.s"), ("mPa s", "mPa.s"), ("g/100 mL", "g/dL"), ("mg/100g", "mg/hg"), ("-", "1"),
        ("mg/Tablet", "mg/{tablet}"), ("10^6 cells/mL", "10*6{cells}/mL"), ("x10^6/mL", "10*6/mL"), ("M", "mol/L"),
        ("nM", "nmol/L"), ("\u00b5M", "umol/L"), ("UG/ML", "ug/mL"),
        ("UG", "ug"), ("mmHg", "mm[Hg]"), ("NTU", "{NTU}"), ("kg/m\u00b3", "kg/m3"), ("mg/cc", "mg/mL"),
        ("copies/\u00b5L", "{copies}/uL"),
        ("mOsm/kg", "mosm/kg"), ("kp", "kgf"), ("kp/cm2", "kgf/cm2"), ("Kg", "kg"), ("mPas", "mPa.s"), ("pa", "Pa"),
        ("Mpa", "MPa"),
        ("n", "1"), ("Da", "u{Da}"), ("kDa", "ku"), ("I.E./mg", "[IU]/mg"), ("I.U./mL", "[IU]/mL"), ("mEq/L", "meq/L"),
        ("log10 CFU/mL", "{log10_CFU/mL}"), ("lg KBE/g", "{log10_KBE/g}"), ("log10(CFU/g)", "{log10_CFU/g}"),
        ("log10", "{log10}"),
    ],
)  # fmt: skip
def test_an_unknown_unit_is_answered_with_the_likely_one(written: str, ours: str) -> None:
    assert why_no_unit(written) == f"{written!r} is not a UCUM unit: write {ours}"


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("Mg/mL", "mg/mL"), ("MG/ML", "mg/mL"), ("ML", "mL"), ("EU/mL", "[EU]/mL"), ("C", "Cel"), ("F", "[degF]"),
        ("G", "g"), ("K", "Cel"), ("pH", "[pH]"), ("{CFU}/g", "[CFU]/g"), ("MS/cm", "mS/cm"), ("AU", "{AU}"),
        ("PH", "[pH]"), ("ph", "[pH]"), ("kP", "kgf"), ("kG", "kg"), ("nG/mL", "ng/mL"), ("mB", "mbar"),
        ("pc", "{piece}"),
        ("ft", "[ft_i]"), ("MT", "t"), ("Gal", "[gal_us]"), ("au", "{AU}"), ("kph", "km/h"), ("TU/mL", "[tb'U]/mL"),
        ("PT", "the unit that is meant"), ("GU/mL", "the unit that is meant"), ("Es", "the unit that is meant"),
        
        ("'", "min"),
    ],
)  # fmt: skip
def test_a_unit_that_looks_like_another_is_asked_about(written: str, ours: str) -> None:
    assert f"write {ours}" in (why_no_unit(written) or "")


@pytest.mark.parametrize(
    "unit",
    [
        "mg/ml",
        "MPa",
        "GHz",
        "K{kelvin}",
        "Mg{mega}/mL",
        "[CFU]/g",
        "{tablet}",
        "S/cm",
        "1",
        "cP",
        "Pa",
        "TBq",
        "GeV",
        "EeV{exa}",
    ],
)
def test_a_unit_that_is_meant_is_taken(unit: str) -> None:
    assert why_no_unit(unit) is None


@pytest.mark.parametrize("unit", ["", " ", "?", "/", "x" * 5000, "(" * 200, "%%", "\u00b5"])
def test_any_text_is_answered(unit: str) -> None:
    assert "is not a UCUM unit" in (why_no_unit(unit) or "")


@pytest.mark.parametrize("unit", ["Nm", "Fl.%", "Zz/mL"])
def test_no_advice_changes_the_quantity(unit: str) -> None:
    assert "write a UCUM unit such as" in (why_no_unit(unit) or "")


@pytest.mark.parametrize("unit", ["H", "S", "A", "P", "a", "st", "MU"])
def test_a_unit_that_hardly_anybody_means_is_asked_about_where_it_stands_alone(unit: str) -> None:
    assert "UCUM reads in" in (why_no_unit(unit) or "")
    assert why_no_unit(f"{unit}/cm") is None or unit == "MU"


@pytest.mark.parametrize(
    ("unit", "word", "same"),
    [
        ("ug/mL", "\u00b5g/mL", True), ("{tablet}", "tabs", True), ("1", "tabs", True), ("Cel", "\u00b0C", True),
        ("%", "% w/w", True), ("1", "-", True), ("mg/mL", "g/L", True),
        ("mPa", "MPa", False), ("1", "\u00b5g/mL", False), ("mg/mL", "mg/L", False), ("%", "ppm", False),
    ],
)  # fmt: skip
def test_a_word_for_a_unit_is_this_unit_or_another(unit: str, word: str, same: bool) -> None:
    assert is_another(unit, word) is not (same or unit == "1")
    if unit != "mg/mL":
        assert is_stated_as(unit, word) is same


@pytest.mark.parametrize("word", ["SEC", "ee", "min", "MS", "m/m", "a/a", "std", "caps", "rad", "mol"])
def test_a_word_that_is_no_unit_of_the_kind_says_nothing(word: str) -> None:
    assert not is_another("%", word)


@pytest.mark.parametrize(
    "word", ["%", "% LC", "mg", "ppm", "\u00b0C", "mg/mL", "mg/ml", "KBE/g", "IE/mg", "mg/Tbl", "L/h"]
)
def test_a_word_that_can_be_nothing_but_a_unit(word: str) -> None:
    assert is_surely_a_unit(word)


@pytest.mark.parametrize(
    "word", ["SEC", "min", "A", "g", "A280", "95%", "N/A", "S/N", "m/V", "w/w", "h/d", "L/D", "1/2"]
)
def test_a_word_that_may_be_something_else(word: str) -> None:
    assert not is_surely_a_unit(word)


@pytest.mark.parametrize(
    ("unit", "word", "another"),
    [
        ("%", "mg/mL", True), ("mg", "%", True), ("1", "mg/mL", True), ("%", "\u00b0C", True), ("g/L", "%", True),
        ("%", "% w/v", False), ("g/dL", "%", False), ("mg/L", "ppm", False), ("[ppm]", "mg/L", False),
        ("%", "ppm", False), ("mg", "mg/Tbl", False), ("%", "SEC", False), ("%", "m/V", False),
    ],
)  # fmt: skip
def test_a_unit_of_another_kind(unit: str, word: str, another: bool) -> None:
    assert is_of_another_kind(unit, word) is another


@pytest.mark.parametrize(
    ("unit", "read", "right"),
    [
        *(("Pa.S", "S as siemens", "Pa.s"), ("mPa.S", "S as siemens", "mPa.s"), ("mL/S", "S as siemens", "mL/s")),
        *(("1/H", "H as henry", "1/h"), ("mg/H/m2", "H as henry", "mg/h/m2")),
    ],
)
def test_what_is_counted_by_siemens_or_henry_is_counted_by_time(unit: str, read: str, right: str) -> None:
    assert why_no_unit(unit) == f"UCUM reads in '{unit}' {read}: write {right}"
    assert why_no_unit(right) is None


@pytest.mark.parametrize("unit", ["S/m", "uS/cm", "mS", "mH"])
def test_a_conductivity_is_one(unit: str) -> None:
    assert why_no_unit(unit) is None
