"""Partners at work: batches are made and tested, deviations and OOS investigations go their way.

What is under way is read from the platform and not remembered, so that the story goes on after any restart.
"""

import logging
import threading
from collections.abc import Callable
from random import Random

from cli.demo.manufacturing import Manufacturing
from cli.demo.quality_work import QualityWork
from cli.demo.systems import Partners
from cli.failures import Answered, Failure
from cli.installation import Installation

log = logging.getLogger(__name__)

_PAUSE = 1.2
"""Seconds between two steps of the story, on average: a few facts per second, and a quiet machine."""
_LONGEST_WAIT = 15.0
_SERVER_ERROR = 500


def run(platform: Installation, number: int, stopping: threading.Event) -> None:
    """Keep partners busy until told to stop. Whatever is away for a while is tried again."""
    wait, story = 1.0, None
    while not stopping.is_set():
        try:
            story = story or Story(platform, number)
            story.step()
        except Failure as failure:
            log.warning("the simulator was refused: %s", failure.why)
            if not isinstance(failure, Answered) or failure.status >= _SERVER_ERROR:
                stopping.wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
                continue
        except Exception:  # a demo whose story stops without a word would look as if the services had
            log.exception("the simulator stumbled")
        wait = 1.0
        stopping.wait(story.pause() if story else _LONGEST_WAIT)


class Story:
    """What happens next, by a seeded chance."""

    def __init__(self, platform: Installation, number: int) -> None:
        partners = Partners(platform)
        self._chance = Random(number)  # noqa: S311  (a story, no secret)
        manufacturing = Manufacturing(platform, partners, self._chance)
        quality = QualityWork(platform, partners, self._chance)
        self._deeds: dict[Callable[[], None], float] = {
            manufacturing.go_on: 5,
            manufacturing.depart: 0.8,
            quality.move_a_deviation: 3.6,
            quality.move_an_investigation: 1,
        }

    def pause(self) -> float:
        """Seconds until the next step."""
        return min(self._chance.expovariate(1 / _PAUSE), 5 * _PAUSE)

    def step(self) -> None:
        """One step somewhere. Raises Failure where a service does not do what it is asked."""
        self._chance.choices(list(self._deeds), list(self._deeds.values()))[0]()
