"""What a site is qualified by, and what its verdicts allow (EU GMP chapter 7; ICH Q10 2.7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from contracts.qualifications import Purpose
from partner_registry.sites.model import Activity
from runtime.problems import RuleViolated


class Item(StrEnum):
    """One thing that is looked at."""

    financial_stability = "financial_stability"
    management = "management"
    references = "references"
    regulatory_standing = "regulatory_standing"
    quality_system = "quality_system"
    data_integrity = "data_integrity"
    equipment = "equipment"
    technology_platform = "technology_platform"
    cross_contamination = "cross_contamination"
    confidentiality = "confidentiality"
    communication = "communication"
    sub_suppliers = "sub_suppliers"
    business_continuity = "business_continuity"
    insurance = "insurance"
    equipment_qualification = "equipment_qualification"
    analysts_training = "analysts_training"
    accuracy_record = "accuracy_record"
    oos_investigations = "oos_investigations"
    method_transfer_record = "method_transfer_record"


class Verdict(StrEnum):
    """What was found of an item."""

    met = "met"
    met_with_remark = "met_with_remark"
    not_met = "not_met"
    not_applicable = "not_applicable"


FOR_DEVELOPMENT: Final = tuple(Item)[:8]
OF_A_LABORATORY: Final = tuple(Item)[14:]
NEVER_CONDITIONAL: Final = frozenset({Item.regulatory_standing, Item.data_integrity})
"""What has to be met before any work: no condition makes up for it."""


def asked(activity: Activity, purpose: Purpose) -> Mapping[Item, bool]:
    """The items of a qualification, each with whether it must be met."""
    items = [each for each in Item if each not in OF_A_LABORATORY or activity == Activity.testing]
    return {each: purpose == Purpose.commercial or each in FOR_DEVELOPMENT for each in items}


def item_of(items: Sequence[Any], code: str, number: str) -> Mapping[str, Any]:
    """One of a qualification's items. Raises RuleViolated for one that it has not."""
    for each in items:
        if each["code"] == code:
            return dict(each)
    raise RuleViolated(f"{number} has no item {code}: {', '.join(each['code'] for each in items)}")


def begun(activity: Activity, purpose: Purpose) -> list[Any]:
    """The items as they are stored at first, nothing of them answered."""
    unanswered: dict[str, Any] = {"evidence": [], "verdict": None, "at": None}
    return [{"code": item, "mandatory": must} | unanswered for item, must in asked(activity, purpose).items()]


def shown_with(items: Sequence[Mapping[str, Any]], *given: Mapping[str, Any]) -> list[Any]:
    """The items with documents more, each for one of them; the same one is kept once."""
    found = [dict(each) for each in items]
    for each in found:
        more = [one["evidence"] for one in given if one["item"] == each["code"]]
        each["evidence"] = [*dict.fromkeys([*each["evidence"], *more])]
    return found


def open_items(items: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Of the items that must be met those that nobody has answered, and those that are not met."""
    must = [each for each in items if each["mandatory"]]
    unanswered = [each["code"] for each in must if each["verdict"] is None]
    return unanswered, [each["code"] for each in must if each["verdict"] == Verdict.not_met]


def lacks(unmet: Collection[str], named: Collection[str]) -> list[str]:
    """What stands against an approval with conditions for the items that are named, in words."""
    faults = [f"{item} cannot be left to a condition" for item in unmet if item in NEVER_CONDITIONAL]
    faults += [f"{item} is not met and has no condition" for item in unmet if item not in named]
    return faults + [f"{item} is no item that is not met" for item in named if item not in unmet]
