"""What Kubernetes is told: whole, of the shape that it takes, and no less careful than we say.

Rendering needs kubectl or kustomize. Where there is none these tests are skipped, but in the whole run
(`make test-whole`), and test_kubernetes_files.py says what can be said.
"""

import copy
import re
import runpy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.kubernetes import promises
from scripts.kubernetes.connections import RESERVED
from scripts.kubernetes.validation import FOLDER, OVERLAYS, misshapen, wrong
from tests.overlays import Documents, needs_kustomize

pytestmark = needs_kustomize


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_as_it_must_be(overlays: dict[str, Documents], overlay: str) -> None:
    assert wrong(overlays[overlay]) == []


def one(documents: Documents, kind: str, name: str) -> Any:
    (found,) = [each for each in documents if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def container(documents: Documents, name: str) -> Any:
    return one(documents, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]


def without(documents: Documents, kind: str, name: str) -> None:
    documents.remove(one(documents, kind, name))


def saying(documents: Documents, variable: str, **how: Any) -> None:
    env = container(documents, "kpi-api")["env"]
    env[:] = [{"name": variable, **how} if each["name"] == variable else each for each in env]


ALOUD = {"value": "swordfish"}
UNKNOWN = {"valueFrom": {"secretKeyRef": {"name": "kafka-kpi", "key": "passwort"}}}
SPOILED: dict[str, tuple[str, Callable[[Documents], Any]]] = {
    "a misspelt field": (
        "'replica' was unexpected",
        lambda all_: one(all_, "Deployment", "kpi-api")["spec"].update(replica=2),
    ),
    "a word for a number": ("port", lambda all_: one(all_, "Service", "kpi-api")["spec"]["ports"][0].update(port="x")),
    "a service without its worker": (
        "Deployment kpi-worker is missing",
        lambda all_: without(all_, "Deployment", "kpi-worker"),
    ),
    "root": ("may write", lambda all_: container(all_, "kpi-api")["securityContext"].pop("readOnlyRootFilesystem")),
    "privileges": (
        "may gain privileges",
        lambda all_: container(all_, "kpi-api")["securityContext"].pop("capabilities"),
    ),
    "no room said": ("does not say what it needs", lambda all_: container(all_, "kpi-api").pop("resources")),
    "no probe": ("nobody asks", lambda all_: container(all_, "kpi-api").pop("readinessProbe")),
    "no patience": (
        "ends connections that its gateway still keeps",
        lambda all_: saying(all_, "ENTENTE_KEEP_ALIVE_SECONDS", value="5"),
    ),
    "no release": ("of no release", lambda all_: container(all_, "kpi-api").update(image="entente/platform")),
    "a secret that is said": ("is said aloud", lambda all_: saying(all_, "ENTENTE_KAFKA_PASSWORD", **ALOUD)),
    "a secret that nobody makes": (
        "no Secret kafka-kpi/passwort",
        lambda all_: saying(all_, "ENTENTE_KAFKA_PASSWORD", **UNKNOWN),
    ),
}


@pytest.mark.parametrize(("says", "spoil"), SPOILED.values(), ids=SPOILED)
def test_what_is_spoiled_is_found(overlays: dict[str, Documents], says: str, spoil: Callable[[Documents], Any]) -> None:
    documents = copy.deepcopy(overlays["dev"])
    spoil(documents)
    found = wrong(documents)
    assert found
    assert all(says in each for each in found), found


def scaled(documents: Documents, kind: str, most: str) -> None:
    for each in (each for each in documents if each["kind"] == kind):
        each["spec"][most] = 20


PRODUCTION: dict[str, tuple[str, Callable[[Documents], Any]]] = {
    "more APIs than PostgreSQL takes": (
        "connections, and there may be",
        lambda all_: scaled(all_, "HorizontalPodAutoscaler", "maxReplicas"),
    ),
    "more workers than PostgreSQL takes": (
        "connections, and there may be",
        lambda all_: scaled(all_, "ScaledObject", "maxReplicaCount"),
    ),
    "larger pools": (
        "connections, and there may be",
        lambda all_: next(each for each in all_ if "ENTENTE_ISSUER" in each.get("data", {}))["data"].update(
            ENTENTE_POOL_SIZE="6"
        ),
    ),
    "no base backup": ("no ScheduledBackup", lambda all_: without(all_, "ScheduledBackup", "postgres")),
    "a backup of another cluster": (
        "no ScheduledBackup",
        lambda all_: one(all_, "ScheduledBackup", "postgres")["spec"]["cluster"].update(name="other"),
    ),
    "pages by one pod alone": ("one pod is all", lambda all_: one(all_, "Deployment", "front")["spec"].pop("replicas")),
    "no store": ("no store keeps", lambda all_: one(all_, "Cluster", "postgres")["spec"].pop("backup")),
}


@pytest.mark.parametrize(("says", "spoil"), PRODUCTION.values(), ids=PRODUCTION)
def test_what_is_spoiled_in_production_is_found(
    overlays: dict[str, Documents], says: str, spoil: Callable[[Documents], Any]
) -> None:
    documents = copy.deepcopy(overlays["production"])
    spoil(documents)
    found = wrong(documents)
    assert found
    assert all(says in each for each in found), found


def test_a_backup_by_the_plugin_counts(overlays: dict[str, Documents]) -> None:
    documents = copy.deepcopy(overlays["production"])
    cluster = one(documents, "Cluster", "postgres")["spec"]
    cluster.pop("backup")
    cluster["plugins"] = [{"name": "barman-cloud.cloudnative-pg.io", "isWALArchiver": True}]
    assert wrong(documents) == []


def test_connections_are_counted_as_a_release_opens_them(overlays: dict[str, Documents]) -> None:
    """Six APIs of two pools, four workers of a pool and a relay, and of each one that comes and one that goes."""
    documents = copy.deepcopy(overlays["production"])
    one(documents, "Cluster", "postgres")["spec"]["postgresql"]["parameters"]["max_connections"] = "400"
    (found,) = wrong(documents)
    assert f"there may be {7 * (6 * 8 + 4 * 5) + 2 * 7 * (8 + 5) + RESERVED}" in found


def test_operations_reach_all_databases_and_see_all_topics(overlays: dict[str, Documents]) -> None:
    """What people run after a restore: it logs in where the installation's own jobs would."""
    for documents in overlays.values():
        job = one(documents, "CronJob", "operations")["spec"]
        assert job["suspend"]
        pod = job["jobTemplate"]["spec"]["template"]["spec"]
        known = {each["name"] for each in pod["containers"][0]["env"]}
        assert {"ENTENTE_ADMIN_DATABASE_URL", "ENTENTE_PASSWORDS", "ENTENTE_ADMIN_KAFKA_PASSWORD"} <= known
    assert "ENTENTE_KAFKA_CA_FILE" in known
    assert {each["name"] for each in pod["volumes"]} == {"tmp", "kafka-ca"}
    (rule,) = one(overlays["production"], "KafkaUser", "installation")["spec"]["authorization"]["acls"]
    assert (rule["resource"]["name"], "Read" in rule["operations"]) == ("*", True)
    assert "Write" not in rule["operations"]


@pytest.mark.parametrize(
    "kind", ["ScheduledBackup", "Kafka", "KafkaTopic", "KafkaUser", "Cluster", "HTTPRoute", "Gateway", "ScaledObject"]
)
def test_custom_resources_have_no_field_that_their_operator_does_not_know(
    overlays: dict[str, Documents], kind: str
) -> None:
    document = copy.deepcopy(next(each for each in overlays["production"] if each["kind"] == kind))
    document["spec"]["perhaps"] = 1
    assert any("'perhaps' was unexpected" in each for each in misshapen(document))


def test_a_release_has_jobs_of_its_own(overlays: dict[str, Documents]) -> None:
    """A job that has run cannot be changed: one with the same name and another image would be refused."""
    for documents in overlays.values():
        jobs = [each for each in documents if each["kind"] == "Job"]
        assert jobs
        for job in jobs:
            image = job["spec"]["template"]["spec"]["containers"][0]["image"]
            assert job["metadata"]["name"].partition("-")[2] == image.rpartition(":")[2], promises.name_of(job)


def test_what_makes_passwords_makes_each_anew_and_keeps_what_is_said() -> None:
    secret = runpy.run_path(str(FOLDER / "components/passwords/make.py"))["secret"]
    first, second = (secret("database-kpi username=kpi password") for _ in range(2))
    assert (first["type"], first["metadata"]["name"]) == ("kubernetes.io/basic-auth", "database-kpi")
    assert first["stringData"]["username"] == second["stringData"]["username"] == "kpi"
    assert re.fullmatch("[0-9a-f]{48}", first["stringData"]["password"])
    assert first["stringData"]["password"] != second["stringData"]["password"]
    assert secret("event-stream-tickets key")["type"] == "Opaque"
