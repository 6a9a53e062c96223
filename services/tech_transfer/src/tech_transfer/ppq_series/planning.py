"""How many batches a protocol asks for: pure rules."""

from collections.abc import Sequence
from typing import Final

from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from runtime.problems import RuleViolated
from tech_transfer.ppq_series.rules import DEFAULT_REQUIRED
from tech_transfer.ppq_series.schemas import Basis, Protocol
from tech_transfer.statistics import tolerance
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import AttributeLimits
from tech_transfer.transfer_batches.values import plain_values

ENGINEERING: Final = (TransferBatchKind.engineering, TransferBatchKind.feasibility)
_LOST: Final = (TransferBatchVerdict.excluded, TransferBatchVerdict.cancelled)


def required(protocol: Protocol, batches: Sequence[TransferBatch]) -> int:
    """The number of batches of each strength: the usual one, the stated one, or by the transfer's engineering batches.

    By tolerance intervals it is the greatest of all attributes with limits that are numbers. Raises RuleViolated for an
    attribute of which the data says too little, or whose limits no number of such batches would fit.
    """
    if protocol.basis is not Basis.tolerance_interval:
        return protocol.required or DEFAULT_REQUIRED
    used = [each for each in batches if each.state not in _LOST]
    numbers = [_lowest(each, used) for each in protocol.limits if each.text is None]
    if not numbers:
        raise RuleViolated("basis: no limit is a number, so that there is no tolerance interval", fields=["basis"])
    return max(numbers)


def _lowest(limits: AttributeLimits, batches: Sequence[TransferBatch]) -> int:
    values = [value for batch in batches for value in plain_values(batch, *limits.names)]
    spread = len(set(values)) > 1
    if not spread:
        why = "its engineering batches have no two values that differ"
        raise RuleViolated(f"basis: {limits.attribute}: {why}", fields=["basis"])
    mean, sd = tolerance.mean_and_sd(values)
    lower, upper = (None if each is None else float(each) for each in (limits.lower, limits.upper))
    found = tolerance.lowest_n(mean, sd, lower, upper, tolerance.COVERAGES[limits.criticality])
    if found is None:
        why = f"no number of batches with a mean of {mean:g} and a standard deviation of {sd:g} fits its limits"
        raise RuleViolated(f"basis: {limits.attribute}: {why}", fields=["basis"])
    return found
