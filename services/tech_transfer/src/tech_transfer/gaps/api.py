"""HTTP words for gaps, and for searches that found none."""

from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.foretold import commands as foretold
from tech_transfer.foretold.schemas import LinkDeviation
from tech_transfer.gaps import commands, queries
from tech_transfer.gaps.commands import stepping
from tech_transfer.gaps.model import FINDERS, Gap, GapSearch
from tech_transfer.gaps.schemas import (
    AcceptGap,
    CloseGap,
    EndorseGap,
    GapDetail,
    GapRead,
    GapSearchRead,
    IdentifyGap,
    Mitigation,
    NoteSearch,
    RateGap,
)
from tech_transfer.transfers.commands import locking

_BOTH = ("by", "now")
gaps = Actions("gaps", Gap, GapRead, queries.show, locks=locking(Gap))
gaps.create(commands.identify, IdentifyGap, *FINDERS)
gaps.post("mitigation", Gap.propose, Mitigation, stepping(Gap.propose, "by"))
gaps.post("sending-agreement", Gap.agree_as_sender, command=stepping(Gap.agree_as_sender, *_BOTH))
gaps.post("own-unit-agreement", Gap.agree_for_own_unit, command=stepping(Gap.agree_for_own_unit, *_BOTH))
gaps.post("receiving-agreement", Gap.agree_as_receiver, command=stepping(Gap.agree_as_receiver, *_BOTH))
gaps.post("severity", Gap.rate, RateGap, stepping(Gap.rate))
gaps.post("reconsideration", Gap.reconsider, Reason, stepping(Gap.reconsider))
gaps.post("closure", Gap.close, CloseGap, stepping(Gap.close, *_BOTH))
gaps.post("acceptance", Gap.accept, AcceptGap, stepping(Gap.accept, *_BOTH))
gaps.post("endorsement", Gap.endorse, EndorseGap, stepping(Gap.endorse, *_BOTH))
gaps.post("sign-off", Gap.sign_off, command=stepping(Gap.sign_off, *_BOTH))
gaps.post("foretold", Gap.foretell, LinkDeviation, foretold.by_gap)
gaps.get(GapDetail, queries.detail)
gaps.list(queries.FILTERS)

gap_searches = Actions("gap-searches", GapSearch, GapSearchRead, queries.show_searches)
gap_searches.create(commands.note_search, NoteSearch, *FINDERS)
gap_searches.post("withdrawal", GapSearch.withdraw, Reason, commands.withdraw_search)
gap_searches.get()
gap_searches.list(queries.SEARCH_FILTERS)
