"""What gates ask of batches and series, and what the sending unit may read of it."""

from typing import Any

from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from services.tech_transfer.tests.unit.test_lifecycles import NOW, PROTOCOL, batch, series, transfer
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import Unit
from tech_transfer.ppq_series.required import engineering_batch, ppq_series, stability_started
from tech_transfer.ppq_series.schemas import SeriesState


def dossier(**records: Any) -> Dossier:
    return Dossier(transfer=transfer(), today=NOW.date(), **records)


def test_an_engineering_batch_conforms_at_scale() -> None:
    made = batch()
    (nobody,) = engineering_batch(dossier())
    (waiting,) = engineering_batch(dossier(transfer_batches=[made]))
    assert (nobody.unit, waiting.unit) == (Unit.sponsor, Unit.receiving)
    made.state = TransferBatchVerdict.conforming
    assert engineering_batch(dossier(transfer_batches=[made])) == []
    made.at_scale = False
    assert engineering_batch(dossier(transfer_batches=[made])) != []


def test_each_strength_is_made_or_bracketed_in_a_series_that_conforms_now() -> None:
    planned, running = series(), series()
    running.state = SeriesState.running
    for known in ([], [planned], [running]):  # the sending unit reads it, and is no party to series
        (unmet,) = ppq_series(dossier(ppq_series=known))
        assert (unmet.why, unmet.unit) == ("no PPQ series is known to conform for 10 mg", Unit.receiving)
    planned.conforms, planned.state = True, SeriesState.reported
    assert ppq_series(dossier(ppq_series=[planned])) == []
    planned.describe(PROTOCOL.model_copy(update={"strengths": ["5 mg", "20 mg"], "bracketed": ["10 mg"]}), 3)
    assert ppq_series(dossier(ppq_series=[planned])) == []
    running.fails = True
    assert ppq_series(dossier(ppq_series=[planned, running])) != [], "a failure is left unanswered"
    planned.conforms = False  # a late fact undid what was reported
    assert ppq_series(dossier(ppq_series=[planned])) != []


def test_stability_is_asked_of_each_ppq_batch_that_conforms() -> None:
    of, one = series(), batch()
    assert stability_started(dossier(ppq_series=[of])) != [], "that there is none to store is not good"
    one.kind, one.series_id, one.design, one.state = TransferBatchKind.ppq, of.id, 1, TransferBatchVerdict.conforming
    records = {"ppq_series": [of], "transfer_batches": [one]}
    (unmet,) = stability_started(dossier(**records))
    assert one.lot_number not in unmet.why
    one.on_stability = True
    assert stability_started(dossier(**records)) == []
    of.design = 2  # a batch by an earlier design shows nothing
    assert stability_started(dossier(**records)) != []
