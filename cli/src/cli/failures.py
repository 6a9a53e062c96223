"""How a command says that it cannot go on."""


class Failure(Exception):
    """Wrong use, or nothing that could be reached: exit status 2.

    ``advice`` is what the person at the keyboard can do about it.
    """

    def __init__(self, why: str, advice: str = "") -> None:
        super().__init__(why)
        self.why, self.advice = why, advice


class Answered(Failure):
    """An installation answered, and refused. ``status`` is HTTP's, ``problem`` its problem details."""

    def __init__(self, why: str, advice: str, status: int, problem: dict[str, object]) -> None:
        super().__init__(why, advice)
        self.status, self.problem = status, problem
