"""A service that somebody broke into can do its own work, and nothing else."""

from pathlib import Path

from tests.stack.places import Place


def test_a_service_has_no_more_than_it_needs(place: Place) -> None:
    program = Path(__file__).with_name("refused.py").read_text()
    done = place.inside("kpi-worker", program)
    assert done.stdout.splitlines() == [
        "write_anothers_topic TopicAuthorizationFailedError",
        "open_anothers_database InsufficientPrivilegeError",
        "read_without_a_role InsufficientPrivilegeError",
        "change_the_program OSError",
    ], done.stdout + done.stderr
