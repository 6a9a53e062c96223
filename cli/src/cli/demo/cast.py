"""Who and what the demo is about. All names are invented."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Company:
    """A partner with one site."""

    legal_name: str
    kind: str
    country: str
    site: str
    time_zone: str
    activities: tuple[str, ...]
    authority: str
    """Which certifies the site."""
    certified_for_days: int
    """From the day on which the demo is made."""
    risks: tuple[tuple[tuple[int, int, int], ...], ...]
    """Its risk as it was assessed, the oldest first: severity, probability and detectability of each dimension."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product under the code that partners' systems use, and what a batch of it must meet."""

    code: str
    name: str
    dosage_form: str
    strengths: tuple[str, ...]
    limits: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a partner's system sends: from whom, and for results the manufacturer whose lots are tested."""

    code: str
    company: Company
    kind: str
    format: str
    mapping: str | None = None
    manufacturer: Company | None = field(default=None)
    granted: tuple[str, ...] = ()
    """What it may report in the manufacturer's name."""


STEADY = ((4, 2, 3), (3, 2, 2), (4, 2, 3), (3, 2, 3), (3, 3, 2), (2, 2, 2), (4, 2, 2))
"""Quality, regulatory, data integrity, financial, capacity, geographic and continuity."""
STRAINED = ((4, 3, 4), (3, 2, 2), (4, 2, 3), (3, 3, 3), (4, 4, 2), (2, 2, 2), (4, 3, 3))

TABLETS = Company(
    *("Karavanke Tablets d.o.o.", "cmo", "SI", "Kranj plant", "Europe/Ljubljana"),
    activities=("drug_product", "packaging"),
    authority="JAZMP",
    certified_for_days=410,
    risks=(STEADY,),
)
LIQUIDS = Company(
    *("Glenmoray Manufacturing Ltd", "cmo", "IE", "Athlone plant", "Europe/Dublin"),
    activities=("drug_product",),
    authority="HPRA",
    certified_for_days=75,  # so that it is seen to expire
    risks=(STEADY, STRAINED),
)
LABORATORY = Company(
    *("Medeor Analytik GmbH", "clo", "DE", "Freiburg laboratory", "Europe/Berlin"),
    activities=("testing",),
    authority="Regierungspräsidium Freiburg",
    certified_for_days=600,
    risks=(STEADY,),
)
COMPANIES = (TABLETS, LIQUIDS, LABORATORY)

METHODS = {
    "AP-01": "Dimensions, mass and hardness of tablets",
    "AP-02": "Dissolution",
    "AP-03": "Impurities and residual solvents by chromatography",
    "AP-04": "Assay by HPLC",
    "AP-05": "Water by Karl Fischer titration",
    "AP-06": "pH",
}
"""By which the laboratory tests, for all products; it validated them before the first of the demo's records."""

DISSOLUTION = {
    "test": "dissolution_min", "method": "AP-02", "stage": "release", "lower": 80, "unit": "%", "decimals": 0
}  # fmt: skip
"""The smallest of a batch's dissolution results, in per cent of the label claim; bounds are inclusive."""


def _method_of(test: str, stage: str) -> str:
    if stage == "intermediate":
        return "AP-01"
    return "AP-02" if test.startswith("dissolution") else "AP-03"


REPORTED = tuple(
    {"test": test, "method": _method_of(test, stage), "stage": stage, "unit": unit, "report_only": True}
    for stage, units in {
        "intermediate": {
            "mm": "tbl_min_thickness tbl_max_thickness fct_min_thickness fct_max_thickness tbl_max_diameter "
            "fct_max_diameter",
            "mg": "tbl_min_weight tbl_max_weight",
            "%": "tbl_rsd_weight fct_rsd_weight",
            "N": "tbl_min_hardness tbl_max_hardness tbl_av_hardness fct_min_hardness fct_max_hardness fct_av_hardness",
            "MPa": "tbl_tensile fct_tensile",
        },
        "release": {"%": "dissolution_av residual_solvent impurities_total impurity_o impurity_l"},
    }.items()
    for unit, tests in units.items()
    for test in tests.split()
)
"""What the tablets' laboratory reports beside: the published data come without limits for it."""

ASSAY = {"test": "assay", "method": "AP-04", "stage": "release", "lower": 95, "upper": 105, "unit": "%", "decimals": 1}
IMPURITIES = {"test": "impurities_total", "method": "AP-03", "stage": "release", "upper": 1, "unit": "%", "decimals": 2}
WATER = {"test": "water", "method": "AP-05", "stage": "release", "upper": 5, "unit": "%", "decimals": 1}
PH = {"test": "ph", "method": "AP-06", "stage": "release", "lower": 4, "upper": 6, "unit": "[pH]", "decimals": 1}

_CODES_BY_STRENGTH = {
    "5 mg": (1, 5, 9, 11, 14, 16, 19, 21, 25),
    "10 mg": (2, 6, 12, 13, 18, 22),
    "20 mg": (3, 7, 10, 17, 23),
    "40 mg": (4, 8, 15, 20, 24),
}


def _tablets() -> Iterator[Product]:
    """One product in four strengths; each code is a strength in one pack and market, as the partner's files have it."""
    for strength, codes in _CODES_BY_STRENGTH.items():
        for code in codes:
            name = f"Cordalis {strength} film-coated tablets, presentation {code}"
            yield Product(str(code), name, "film-coated tablet", (strength,), (DISSOLUTION, *REPORTED))


FILED_PRODUCTS = tuple(sorted(_tablets(), key=lambda product: int(product.code)))
"""Products of the files that go in through the shipped mappings."""

SIMULATED_PRODUCTS = (
    Product("VEL-100", "Veloran 100 mg tablets", "tablet", ("100 mg",), (DISSOLUTION, ASSAY, IMPURITIES, WATER)),
    Product("MIR-25", "Mirasept 25 mg capsules", "capsule", ("25 mg",), (DISSOLUTION, ASSAY, IMPURITIES)),
    Product("SOL-2", "Solvane 2 mg/mL oral solution", "oral solution", ("2 mg/mL",), (ASSAY, IMPURITIES, PH)),
)
WAITING = Product("NOR-50", "Norelan 50 mg tablets", "tablet", ("50 mg",), (DISSOLUTION, ASSAY, IMPURITIES, WATER))
"""Of which one batch waits for the signature of its release; nothing else happens to it."""
MEASURED = ("84", "99.6", "0.21", "2.8")
"""What the laboratory found in that batch, by the limits in their order."""
HOLDER = "Cordalis Pharma GmbH"
"""The legal entity that holds the registration, and whose authorisation names the qualified person."""
FINDING = {
    "classification": "major",
    "area": "production",
    "clause": "EU GMP 5.39",
    "evidence": "Yields of the oral solution fell for six months, and nobody looked for the cause",
}
"""Of an audit at the liquids' site, whose answer is overdue."""
MADE_AT = {"VEL-100": TABLETS, "MIR-25": TABLETS, "SOL-2": LIQUIDS}
PRODUCTS = (*FILED_PRODUCTS, *SIMULATED_PRODUCTS, WAITING)

MES = {TABLETS: "karavanke-mes", LIQUIDS: "glenmoray-mes"}
"""The feeds of the manufacturers' systems, by company: batches and deviations."""
LIMS = {TABLETS: "medeor-lims-karavanke", LIQUIDS: "medeor-lims-glenmoray"}
"""The feeds of the laboratory's system, by the company whose lots it tests."""

OF_THE_MAKER = ("BatchStart", "BatchCompletion")
"""The laboratory's files carry them beside its results."""

FEEDS = (
    Feed("tablets-laboratory", LABORATORY, "lims", "csv", "tablets-laboratory", TABLETS, OF_THE_MAKER),
    Feed("tablets-process", TABLETS, "mes", "csv", "tablets-process"),
    *(Feed(code, company, "mes", "cloudevents") for company, code in MES.items()),
    *(Feed(code, LABORATORY, "lims", "cloudevents", None, company) for company, code in LIMS.items()),
)
