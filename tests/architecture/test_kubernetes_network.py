"""Who reaches whom in Kubernetes is what a table says, and no credential stands in what it is told."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.kubernetes.network import ANY, OUTSIDE, Place, selects, ways
from scripts.kubernetes.promises import broken
from tests.overlays import Documents, needs_kustomize


def policy(documents: Documents, name: str) -> Any:
    (found,) = [each for each in documents if (each["kind"], each["metadata"]["name"]) == ("NetworkPolicy", name)]
    return found["spec"]


def allow(documents: Documents, **spec: Any) -> None:
    metadata = {"name": "too-much"}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    documents.append(kind | {"metadata": metadata, "spec": {"podSelector": {}} | spec})


def wears(documents: Documents, name: str, **labels: str) -> None:
    for each in documents:
        if each["kind"] in ("Deployment", "StatefulSet") and each["metadata"]["name"] == name:
            each["spec"]["template"]["metadata"]["labels"] |= labels


OPENED: dict[str, tuple[str, Callable[[Documents], Any]]] = {
    "the database for everybody": (
        "front reaches postgres on 5432",
        lambda all_: allow(all_, policyTypes=["Ingress", "Egress"], ingress=[{"ports": [{"port": 5432}]}], egress=[{}]),
    ),
    "the database for strangers": (
        "a stranger reaches postgres on 5432",
        lambda all_: policy(all_, "whom-the-database-serves")["ingress"][0].pop("from"),
    ),
    "everything": (
        "a pod without labels reaches kpi-api on any port",
        lambda all_: allow(all_, policyTypes=["Ingress", "Egress"], ingress=[{}], egress=[{}]),
    ),
    "a disguise": (
        "a stranger in disguise reaches postgres on 5432",
        lambda all_: policy(all_, "whom-the-database-serves")["ingress"][0]["from"][0].update(namespaceSelector={}),
    ),
    "APIs for whoever asks": (
        "a stranger reaches kpi-api on 8000",
        lambda all_: policy(all_, "who-asks-apis")["ingress"][0].pop("from"),
    ),
    "one address": (
        "kpi-api reaches the world on 25",
        lambda all_: allow(
            all_,
            policyTypes=["Egress"],
            egress=[{"to": [{"ipBlock": {"cidr": "192.0.2.1/32"}}], "ports": [{"port": 25}]}],
        ),
    ),
    "a pod that says too much of itself": (
        "front reaches kafka on 9092",
        lambda all_: wears(all_, "front", **{"entente.io/uses-kafka": "true"}),
    ),
    "nothing is forbidden": (
        "a stranger reaches a pod without labels on any port",
        lambda all_: all_.remove(next(each for each in all_ if each["metadata"]["name"] == "nothing-by-default")),
    ),
}
CLOSED: dict[str, tuple[str, Callable[[Documents], Any]]] = {
    "an unknown port": (
        "gateway does not reach kpi-api on 8000",
        lambda all_: policy(all_, "who-asks-apis")["ingress"][0]["ports"][0].update(port="https"),
    ),
    "nobody is watched": (
        "who watches does not reach kpi-worker on 9000",
        lambda all_: policy(all_, "who-watches").update(podSelector={"matchLabels": {"app": "entente"}}),
    ),
    "a policy for nobody": (
        "NetworkPolicy who-watches is for nobody",
        lambda all_: policy(all_, "who-watches").update(podSelector={"matchLabels": {"app": "entente"}}),
    ),
    "a label that is misspelt": (
        "kpi-worker does not reach kafka on 9092",
        lambda all_: policy(all_, "who-uses-kafka")["podSelector"]["matchLabels"].update(
            {"entente.io/uses-kafka": "yes"}
        ),
    ),
    "a broker that wears another": (
        "kpi-worker does not reach kafka on 9092",
        lambda all_: wears(all_, "kafka", **{"entente.io/part": "kafkaa"}),
    ),
}
CLOSED["operations without Kafka"] = (
    "operations does not reach kafka on 9092",
    lambda all_: next(each for each in all_ if each["kind"] == "CronJob")["spec"]["jobTemplate"]["spec"]["template"][
        "metadata"
    ]["labels"].pop("entente.io/uses-kafka"),
)
CHANGED = OPENED | CLOSED


@needs_kustomize
@pytest.mark.parametrize(("says", "change"), CHANGED.values(), ids=CHANGED)
def test_another_way_than_the_table_says_is_found(
    overlays: dict[str, Documents], says: str, change: Callable[[Documents], Any]
) -> None:
    documents = copy.deepcopy(overlays["dev"])
    change(documents)
    found = [each.removesuffix(", and nothing says that it should") for each in broken(documents)]
    assert says in found


@needs_kustomize
def test_in_production_operators_let_in_nobody_else(overlays: dict[str, Documents]) -> None:
    """Strimzi lets everybody come to a listener that names no peers."""
    documents = copy.deepcopy(overlays["production"])
    (kafka,) = [each for each in documents if each["kind"] == "Kafka"]
    kafka["spec"]["kafka"]["listeners"][0].pop("networkPolicyPeers")
    assert any("a stranger reaches kafka on 9092" in each for each in broken(documents))


SAID = {
    "in a URL": {"name": "ENTENTE_DATABASE_URL", "value": "postgresql://kpi:swordfish@$(ENTENTE_DATABASE_HOST)/kpi"},
    "beside a reference": {"name": "ENTENTE_KAFKA_PASSWORD", "value": "swordfish$(DATABASE_PASSWORD)"},
    "by a detour": {"name": "ENTENTE_DATABASE_URL", "value": "postgresql://kpi:$(ENTENTE_ROLE)@host/kpi"},
    "in JSON": {"name": "ENTENTE_PASSWORDS", "value": '{"kpi": "swordfish"}'},
}


@needs_kustomize
@pytest.mark.parametrize("variable", SAID.values(), ids=SAID)
def test_a_credential_that_is_said_is_found(overlays: dict[str, Documents], variable: dict[str, str]) -> None:
    documents = copy.deepcopy(overlays["dev"])
    (api,) = [each for each in documents if (each["kind"], each["metadata"]["name"]) == ("Deployment", "kpi-api")]
    env = api["spec"]["template"]["spec"]["containers"][0]["env"]
    env[:] = [each for each in env if each["name"] != variable["name"]] + [variable]
    found = list(broken(documents))
    assert found
    assert all("is said aloud" in each for each in found), found


@needs_kustomize
def test_a_credential_in_a_setting_is_found(overlays: dict[str, Documents]) -> None:
    documents = copy.deepcopy(overlays["dev"])
    settings = next(each for each in documents if "ENTENTE_ISSUER" in each.get("data", {}))
    settings["data"] |= {"ENTENTE_PROXY": "http://us:swordfish@proxy:3128", "ENTENTE_KAFKA_PASSWORD": "swordfish"}
    found = list(broken(documents))
    assert len(found) == 2
    assert all("is said aloud" in each for each in found), found


ONE, OTHER = (Place(name, name, {"is": name}, ports={"http": (8000, "TCP")}) for name in ("one", "other"))


def named(*specs: dict[str, Any]) -> Documents:
    return [{"kind": "NetworkPolicy", "spec": spec} for spec in specs]


def test_whom_no_policy_selects_nothing_forbids() -> None:
    assert ("one", "other", ANY) in ways([ONE, OTHER], [])
    assert ("a stranger", "one", ANY) in ways([ONE, *OUTSIDE], [])


def test_a_way_needs_to_be_let_out_and_in() -> None:
    nothing = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    out = {"podSelector": {"matchLabels": {"is": "one"}}, "policyTypes": ["Egress"], "egress": [{}]}
    into = {"podSelector": {"matchLabels": {"is": "other"}}, "ingress": [{"ports": [{"port": "http"}]}]}
    assert ways([ONE, OTHER], named(nothing, out)) == ways([ONE, OTHER], named(nothing, into)) == set()
    assert ways([ONE, OTHER], named(nothing, out, into)) == {("one", "other", 8000)}


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [("In", ["one"], True), ("NotIn", ["one"], False), ("Exists", [], True), ("DoesNotExist", [], False)],
)
def test_selectors_are_read_whole(operator: str, values: list[str], fits: bool) -> None:
    selector = {"matchExpressions": [{"key": "is", "operator": operator, "values": values}]}
    assert selects(selector, {"is": "one"}) is fits


def test_what_is_not_read_is_refused() -> None:
    ranged = {"podSelector": {}, "ingress": [{"ports": [{"port": 1000, "endPort": 9000}]}]}
    with pytest.raises(ValueError, match="endPort"):
        ways([ONE, OTHER], named(ranged))
