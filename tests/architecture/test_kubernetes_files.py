"""What can be said of Kubernetes' files where nothing renders them: each has its shape, and speaks no secret."""

from typing import Any

import pytest

from scripts.kubernetes.promises import containers, pod_of
from scripts.kubernetes.spoken import aloud, aloud_in
from scripts.kubernetes.validation import misshapen, written

FILES = written()


@pytest.mark.parametrize("documents", FILES.values(), ids=FILES)
def test_a_file_has_the_shape_that_kubernetes_takes(documents: list[dict[str, Any]]) -> None:
    assert [wrong for document in documents for wrong in (*misshapen(document), *aloud(document))] == []
    assert [said for each in documents if (pod := pod_of(each)) for c in containers(pod) for said in aloud_in(c)] == []


def test_every_kind_of_resource_is_among_them() -> None:
    kinds = {document["kind"] for documents in FILES.values() for document in documents}
    assert {"Deployment", "StatefulSet", "CronJob", "NetworkPolicy", "Kafka", "Cluster", "ScheduledBackup"} <= kinds
