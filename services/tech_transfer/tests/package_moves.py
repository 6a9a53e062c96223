"""A move for each transition of items of the package and of gaps."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from contracts import Classification
from contracts.transfer_gaps import GapCategory
from contracts.transfer_packages import PackageCategory, ReturnReason
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.gaps.schemas import GapSide, IdentifyGap
from tech_transfer.gaps.terms import GapState, SearchState
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.schemas import ListItem
from tech_transfer.package_items.terms import Confidentiality, ItemState
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tests.lifecycles import Moves

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY = date(2036, 1, 31)


def item(of: Transfer, **more: Any) -> PackageItem:
    """An item of a transfer's package, of which nothing was provided."""
    given: dict[str, Any] = {"transfer_id": of.id, "category": PackageCategory.batch_record, "title": "x"}
    return PackageItem.listed(of, ListItem(**given | more), "PI-1")


def gap(of: Transfer, **more: Any) -> Gap:
    """A gap of a transfer, without a mitigation."""
    given: dict[str, Any] = {"transfer_id": of.id, "category": GapCategory.scale, "what": "x"}
    given |= {"sending": GapSide(words="x"), "receiving": GapSide(words="x"), "severity": Classification.minor}
    return Gap.identify(of, IdentifyGap(**given | more), "GAP-1", "eva", NOW)[0]


def provide(it: PackageItem, version: str = "", digest: str = "") -> object:
    """Another document each time, where nothing is said."""
    given = (version or f"{it.round + 1}", digest or f"{it.round + 1:064}", "x.pdf", "ana", NOW)
    return it.provide_for_own_unit(*given) if it.sent_by_sponsor else it.provide(*given)


def package_moves(transfer: Callable[[], Transfer]) -> dict[type, Moves]:
    """By model: how a new one is made, a move for each transition, and the states that nothing leaves."""
    of_item: Mapping[str, Callable[[PackageItem], object]] = {
        "plan": lambda it: it.plan("ana", DAY),
        "address": lambda it: it.address(True, Confidentiality.confidential),
        "provide": provide,
        "provide_for_own_unit": lambda it: it.provide_for_own_unit("1", "0" * 64, "x", "ana", NOW),
        "accept": lambda it: it.accept("eva", NOW),
        "send_back": lambda it: it.send_back(ReturnReason.incomplete, "x", NOW),
        "waive": lambda it: it.waive("x", NOW),
        "foretell": lambda it: it.foretell(),
        "close": lambda it: it.close(),
    }
    of_gap: Mapping[str, Callable[[Gap], object]] = {
        "propose": lambda it: it.propose("x", "ana", DAY, "ana"),
        "agree_as_sender": lambda it: it.agree_as_sender("ana", NOW),
        "agree_for_own_unit": lambda it: it.agree_for_own_unit("ana", NOW),
        "agree_as_receiver": lambda it: it.agree_as_receiver("eva", NOW),
        "rate": lambda it: it.rate(Classification.critical),
        "reconsider": lambda it: it.reconsider(),
        "close": lambda it: it.close("0" * 64, "ana", NOW),
        "accept": lambda it: it.accept("x", "eva", NOW),
        "endorse": lambda it: it.endorse("x", None, "ana", NOW),
        "sign_off": lambda it: it.sign_off("eva", NOW),
        "foretell": lambda it: it.foretell(),
    }
    searched = {"category": GapCategory.scale, "looked_at": "x", "searched_by": "ana"}
    return {
        PackageItem: (lambda: item(transfer()), of_item, {ItemState.closed}),
        Gap: (lambda: gap(transfer()), of_gap, {GapState.closed, GapState.accepted}),
        GapSearch: (
            lambda: GapSearch(**columns_of(transfer()) | searched),
            {"withdraw": lambda it: it.withdraw("x")},
            {SearchState.withdrawn},
        ),
    }
