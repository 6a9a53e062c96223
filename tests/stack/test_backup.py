"""What compose runs is backed up by a container of its own, and comes back from that."""

import pytest

from tests.stack.places import Compose, Place, ran

pytestmark = pytest.mark.timeout(1200)
BACKUP = ("docker", "compose", "--profile", "backup")


def test_a_backup_is_taken_and_its_restore_rehearsed(place: Place) -> None:
    if not isinstance(place, Compose):
        pytest.skip("a cluster's operator of PostgreSQL takes backups in its own way")
    ran(*BACKUP, "up", "--detach", "--build", "--wait", "backup", patience=600)  # as `make up PROFILES=backup` waits
    for command in ("base", "rehearse"):
        ran(*BACKUP, "run", "--rm", "backup", command, patience=600)
    checked = ran(*BACKUP, "run", "--rm", "backup", "check", "--json")
    assert '"wrong": []' in checked, checked


def test_what_follows_a_restore_reaches_all_that_it_has_to(place: Place) -> None:
    if not isinstance(place, Compose):
        pytest.skip("a cluster has a job for it")
    operations = ("docker", "compose", "run", "--rm", "operations")
    compared = ran(*operations, "ledger", "compare", "--service", "kpi", patience=300)
    assert "records on Kafka" in compared, compared
    assert "partner_registry" in ran(*operations, "retention", patience=300)
