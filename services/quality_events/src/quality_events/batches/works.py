"""Which work a step of the making is, by the words of makers' systems: sites are qualified and registered by works.

A word that is none of these is nobody's guess: it is refused where a person states it, and unknown where it stands.
"""

import re
from collections.abc import Mapping
from typing import Final

SUBSTANCE, PRODUCT, STERILE, PACKAGING = "drug_substance", "drug_product", "sterile_fill", "packaging"
WHOLE: Final = frozenset({SUBSTANCE, PRODUCT, STERILE})
"""The making where nobody stated its steps: one of these. What only packs makes nothing."""
HANDLING: Final = WHOLE | {PACKAGING}
"""Splitting and merging are done wherever any of it is."""
_FILLING: Final = frozenset({PRODUCT, STERILE})
_NAMES: Final[Mapping[frozenset[str], str]] = {
    frozenset({SUBSTANCE}): (
        "drug substance, synthesis, reaction, hydrogenation, fermentation, cell culture, harvest, purification,"
        "chromatography, crystallisation, crystallization, isolation, centrifugation, conjugation"
    ),
    frozenset({PRODUCT}): (
        "drug product, granulation, roller compaction, compression, tabletting, tableting, coating, encapsulation,"
        "capsule filling, tube filling, sachet filling, pelletisation, pelletization, extrusion, spheronisation,"
        "spheronization, blending"
    ),
    frozenset({STERILE}): (
        "sterile fill, sterile filling, aseptic fill, aseptic filling, aseptic processing, fill finish,"
        "sterile filtration, lyophilisation, lyophilization, freeze drying, sterilisation, sterilization, vial filling,"
        "syringe filling, ampoule filling, ampule filling"
    ),
    frozenset({PACKAGING}): (
        "packaging, packing, repackaging, repacking, blistering, labelling, labeling, relabelling, relabeling,"
        "cartoning, serialisation, serialization, assembly"
    ),
    _FILLING: "filling",
    WHOLE: (
        "making, manufacture, manufacturing, production, weighing, dispensing, mixing, sieving, milling, micronisation,"
        "micronization, drying, filtration, compounding, rework, reworking, reprocessing"
    ),
    HANDLING: "visual inspection, inspection, splitting, merging",
}
WORKS: Final[Mapping[str, frozenset[str]]] = {
    name.strip(): work for work, names in _NAMES.items() for name in names.split(",")
}
"""By the words of a step, of which the longest that it contains counts. So has the database (`tells_of_making`)."""
_PHRASES: Final = re.compile(rf"\b({'|'.join(sorted(WORKS, key=lambda name: (-len(name), name)))})\b")
_STERILE_FORMS: Final = re.compile(
    r"\b(sterile|inject\w*|infusion\w*|lyophili\w*|vials?|syringes?|ampoules?|eye|ophthalm\w*|implants?|parenteral)\b"
)
_EXAMPLES: Final = "granulation, compression, coating, aseptic filling, packaging"


def work_of(step: str, dosage_form: str | None = None) -> frozenset[str]:
    """The works of which a step is one; none where its words name no work, or two that no site does as one.

    A filling of what is sterile is aseptic; while the product's form is not known, nobody can say which it is.
    """
    found = [WORKS[name] for name in _PHRASES.findall(plain(step))]
    work = frozenset[str].intersection(*found) if found else frozenset[str]()
    if work != _FILLING:
        return work
    return frozenset() if dosage_form is None else frozenset({STERILE} if is_sterile(dosage_form) else _FILLING)


def is_sterile(dosage_form: str) -> bool:
    """Whether a product of this form has to be sterile."""
    return _STERILE_FORMS.search(plain(dosage_form)) is not None


def is_known(step: str) -> bool:
    """Whether the words of a step name one work."""
    return bool(work_of(step, dosage_form=""))


def not_known(step: str) -> str:
    """What would be right instead of a step that names no work, or several, or one that depends on an unknown form."""
    if is_known(step):
        return f"{step}: the product's dosage form is not known, so nobody can say whether it is aseptic"
    said = f"{step}: nobody can tell which one work that is"
    return f"{said}: name it by a word such as {_EXAMPLES}, or with its activity, as in 'drug product, {step}'"


def plain(words: str) -> str:
    """Words as they are compared, however they are written."""
    return " ".join(re.split(r"[\s_\-/.]+", words.casefold()))
