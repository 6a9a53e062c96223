"""Who may say that a deviation was none: what a partner's system reported is the partner's record, too."""

from quality_events.deviations.clock import Clocks
from runtime.problems import RuleViolated


class Cancellable(Clocks):
    """Where a deviation was recorded, and what follows from that for its cancellation."""

    source: str | None = None
    """How the partner's own system knows it; None of one that a person recorded here."""

    @property
    def by_hand(self) -> bool:
        """Whether a person recorded it here, and no partner's system."""
        return self.source is None

    @property
    def cancellation_proposable(self) -> bool:
        """Whether the partner may be asked to agree that it was none."""
        return not self.by_hand and not self.cancellation_proposed

    def must_be_by_hand(self) -> None:
        """Raise RuleViolated for one that the sponsor does not cancel alone."""
        if not self.by_hand:
            raise RuleViolated(
                f"a partner's system reported {self.number}: propose to cancel it (cancellation-proposal), "
                "and the partner's quality unit agrees or not"
            )

    def ask_the_partner(self, reason: str, by: str) -> None:
        """Propose to cancel it. Raises RuleViolated where there is nothing to ask the partner."""
        if self.by_hand:
            raise RuleViolated(f"a person recorded {self.number} here: it is cancelled without the partner")
        if self.cancellation_proposed:
            raise RuleViolated(f"it is proposed already to cancel {self.number}: the partner has to answer")
        self.cancellation_proposed, self.cancellation_proposed_by = True, by
        self.cancellation_reason, self.cancellation_refusal = reason, None

    def take_refusal(self, reason: str) -> None:
        """The partner does not agree. Raises RuleViolated where nobody proposes to cancel it."""
        self.proposed_reason()
        self.drop_proposal()
        self.cancellation_refusal = reason

    def drop_proposal(self) -> None:
        """What was proposed to be cancelled is no longer what the record says: both agree to the same words."""
        if self.cancellation_proposed:
            self.cancellation_proposed, self.cancellation_proposed_by, self.cancellation_reason = False, None, None

    def proposed_reason(self) -> str:
        """Why it is to be cancelled. Raises RuleViolated where nobody proposes that."""
        if not self.cancellation_proposed or self.cancellation_reason is None:
            raise RuleViolated(f"nobody proposes to cancel {self.number}")
        return self.cancellation_reason
