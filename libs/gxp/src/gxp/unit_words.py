"""Units as people write them, and UCUM units that hardly anybody means."""

from typing import Final

_WRITTEN: Final = {
    "ug": ("mcg", "µg", "μg"), "um": ("micron", "microns", "µm", "μm"), "g": ("gm", "gms", "gr", "gram", "grams"),
    "kg": ("kg", "kgs", "kilo"), "mL": ("cc", "ccm", "mls"), "L": ("ltr", "liter", "litre", "lt"), "s": ("sec", "secs"),
    "min": ("minutes", "mins"), "h": ("hr", "hrs", "hours", "std"), "d": ("day", "days"),
    "Cel": ("°c", "celsius", "degc"), "[degF]": ("°f", "fahrenheit"), "%": ("percent", "pct", "prozent"),
    "[ppm]": ("ppm",), "[ppb]": ("ppb",), "/min": ("rpm", "1/min", "u/min"),
    "[CFU]": ("cfu", "kbe", "ufc", "cfus", "koe"), "[PFU]": ("pfu", "pbe"),
    "[IU]": ("iu", "i.u.", "ie", "i.e.", "ui", "i.e"), "[EU]": ("eu", "e.u.", "ee"),
    "[pH]": ("ph", "ph-wert", "phunit"), "{tablet}": ("tablet", "tablets", "tabs", "tab", "tabl", "tablette", "tbl"),
    "{vial}": ("vial", "vials"), "{capsule}": ("capsule", "capsules", "caps", "cap"), "{dose}": ("dose", "doses"),
    "{unit}": ("unit", "units", "stk"), "{cells}": ("cell", "cells", "zellen"),
    "{piece}": ("pcs", "pc", "piece", "pieces", "st"), "osm": ("osmol", "osmols"),
    "mPa": ("mpa",), "mm[Hg]": ("mmhg", "torr"), "[psi]": ("psi",),
    "mol/L": ("m", "molar"), "mmol/L": ("mm", "millimolar"), "umol/L": ("µm/l",), "{NTU}": ("ntu",),
    "{FNU}": ("fnu",), "{copies}": ("copies",), "{AU}": ("au", "abs", "absorbance"), "{mAU}": ("mau",), "{OD}": ("od",),
    "cP": ("cps", "centipoise"), "deg": ("°", "degree", "degrees"), "Ao": ("å",), "uS": ("microsiemens", "µs", "μs"),
    "mosm": ("mosm", "mosmol", "mosmols", "mosmole"), "eq": ("eq",), "meq": ("meq", "mval"), "mol": ("mol",),
    "mmol": ("mmol",), "bar": ("bar",),
    "Pa": ("pa",), "hPa": ("hpa",), "kPa": ("kpa",), "mPa.s": ("mpas", "mpasec"), "mbar": ("mbar", "mb"),
    "kgf": ("kp", "kilopond"), "N": ("newton",), "kN": ("kn",), "Hz": ("hz",), "kHz": ("khz",), "kV": ("kv",),
    "kW": ("kw",), "kJ": ("kj",), "u{Da}": ("da", "dalton"), "ku": ("kda", "kilodalton"), "Mu": ("mda",),
    "1": ("-", "--", "none", "n/a", "dimensionless", "ratio", "no unit", "n"),
}  # fmt: skip
"""Each UCUM unit, and how people write it, in small letters."""
EXACTLY: Final = {"Mpa": "MPa"}
"""How people write units of which the small letters would be another."""
UCUM_OF: Final = {written: ucum for ucum, all_written in _WRITTEN.items() for written in all_written}

MISREAD: Final = {
    "C": ("coulomb", "Cel"), "F": ("farad", "[degF]"), "G": ("gauss", "g"), "K": ("kelvin", "Cel"), "T": ("tesla", "t"),
    "EU": ("exa", "[EU]"), "pH": ("picohenry", "[pH]"), "PA": ("petaampere", "Pa"),
    "AU": ("astronomic", "{AU}"),
    **{f"{prefix}G": (f"{name}gauss", f"{prefix}g") for prefix, name in {
        "k": "kilo", "h": "hecto", "d": "deci", "c": "centi", "m": "milli", "u": "micro", "n": "nano", "p": "pico",
        "f": "femto",
    }.items()},
    "PH": ("petahenry", "[pH]"), "ph": ("phot", "[pH]"), "kP": ("kilopoise", "kgf"), "EV": ("exavolt", "eV"),
    "MB": ("megabel", "mbar"), "mB": ("millibel", "mbar"), "GR": ("gigaroentgen", "g"), "Gm": ("gigametre", "g"),
    "MT": ("megatesla", "t"), "Mt": ("megatonne", "t"), "mt": ("millitonne", "t"), "ft": ("femtotonne", "[ft_i]"),
    "pt": ("picotonne", "[pt_us]"), "ct": ("centitonne", "{count}"), "nt": ("nanotonne", "{nt}"),
    "at": ("attotonne", "att"), "Kit": ("kibitonne", "{kit}"), "pc": ("parsec", "{piece}"),
    "au": ("atto-unified atomic mass unit", "{AU}"),
    "TU": ("tera-unit", "[tb'U]"), "Gal": ("galileo", "[gal_us]"), "kph": ("kilophot", "km/h"),
    "mph": ("milliphot", "[mi_i]/h"), "pph": ("picophot", "%"),
    "MG": ("megagauss", "mg"), "PG": ("petagauss", "pg"), "ML": ("megalitre", "mL"), "GL": ("gigalitre", "g/L"),
}  # fmt: skip
"""What UCUM reads, and what is most likely meant."""
ALONE: Final = {
    "A": ("ampere", "{AU}"), "B": ("bel", None), "H": ("henry", "h"), "MU": ("mega-unit", None), "P": ("poise", None),
    "R": ("roentgen", None), "S": ("siemens", "s"), "St": ("stokes", "{piece}"), "W": ("watt", None),
    "mu": ("milli-unified atomic mass unit", None), "cu": ("centi-unified atomic mass unit", None),
    "'": ("minute of an angle", "min"), "\'\'": ("second of an angle", "s"),
    "a": ("year", None), "b": ("barn", None), "st": ("stere", "{piece}"), "u": ("unified atomic mass unit", None),
}  # fmt: skip
"""Likewise, of a unit that stands alone: in a laboratory's file it is hardly ever what UCUM reads."""
