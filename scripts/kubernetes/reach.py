"""Which ways there are to be among the pods of an installation: a table, and what is otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.services import WITH_A_LEDGER
from scripts.kubernetes.network import ANY, OUTSIDE, Document, Place, selects, ways

EVERYBODY, ANYWHERE = "*", "outside"
Row = tuple[str, str, int | str]
WAYS: tuple[Row, ...] = (
    (EVERYBODY, "names", 53),
    (EVERYBODY, "names", "53/UDP"),
    ("front", "api", 8000),
    ("front", "stream", 8000),
    *((each, "postgres", 5432) for each in ("api", "worker", "keycloak", "job databases", "operations")),
    *((each, "kafka", 9092) for each in ("api", "stream", "worker", "job kafka", "operations")),
    *(("who watches", each, 9000) for each in ("api", "stream", "worker", "front")),
    *((each, "who watches", 4318) for each in ("api", "stream", "worker", "front")),
    ("job passwords", ANYWHERE, 443),  # Kubernetes' own API, which has no label
    ("job passwords", ANYWHERE, 6443),
)
"""From whom to whom on which port, in every overlay that has both."""
_ISSUER_ELSEWHERE = "no Deployment keycloak"
WAYS_WITH: Mapping[str, tuple[Row, ...]] = {
    "Deployment gateway": (
        (ANYWHERE, "gateway", 8080),
        *(("gateway", each, 8000) for each in ("api", "stream", "front")),
        ("gateway", "keycloak", 8080),
    ),
    "Deployment keycloak": (("api", "keycloak", 8080), ("stream", "keycloak", 8080)),
    "Gateway entente": tuple(("who brings requests", each, 8000) for each in ("api", "stream", "front")),
    _ISSUER_ELSEWHERE: (("api", ANYWHERE, 443), ("stream", ANYWHERE, 443)),
    "Cluster postgres": (
        *((who, "postgres", port) for who in ("postgres", "cloudnative-pg") for port in (5432, 8000)),
        *(("postgres", ANYWHERE, port) for port in (443, 6443)),
    ),
    "Kafka kafka": (
        *((who, whom, ANY) for who in ("kafka", "operator") for whom in ("kafka", "operator")),
        *(("strimzi", whom, ANY) for whom in ("kafka", "operator")),
        *((who, ANYWHERE, port) for who in ("kafka", "operator") for port in (443, 6443)),
    ),
    "ScaledObject kpi-worker": (("keda", "kafka", 9092),),
}
"""Further ones where a resource is there, or is not."""


def otherwise(documents: Sequence[Document]) -> Iterator[str]:
    """Where somebody reaches whom the table does not say, or does not reach whom it says; a sentence each."""
    places = [*_inside(documents), *OUTSIDE]
    open_, meant = ways(places, documents), _meant(places, documents)
    for start, end, port in sorted(open_ - meant, key=str):
        yield f"{start} reaches {end} on {port}, and nothing says that it should"
    for start, end, port in sorted(meant - open_, key=str):
        yield f"{start} does not reach {end} on {port}"
    for policy in (each for each in documents if each["kind"] == "NetworkPolicy"):
        if not any(place.inside and selects(policy["spec"]["podSelector"], place.labels or {}) for place in places):
            yield f"NetworkPolicy {policy['metadata']['name']} is for nobody"


def _meant(places: Sequence[Place], documents: Sequence[Document]) -> set[Row]:
    there = {f"{each['kind']} {each['metadata']['name']}" for each in documents}
    if "Deployment keycloak" not in there:
        there.add(_ISSUER_ELSEWHERE)
    rows = [*WAYS, *(row for what, more in WAYS_WITH.items() if what in there for row in more)]
    return {
        (start.name, end.name, port)
        for who, whom, port in rows
        for start in places
        for end in places
        if _is(start, who) and _is(end, whom)
    }


def _is(place: Place, who: str) -> bool:
    return {EVERYBODY: place.inside, ANYWHERE: not place.inside}.get(who, place.kind == who)


def _inside(documents: Sequence[Document]) -> Iterator[Place]:
    """The pods that resources make, those of operators too, and one that wears no label of ours."""
    yield Place("a pod without labels", "nobody", {})
    for document in documents:
        kind, name, spec = document["kind"], document["metadata"]["name"], document.get("spec", {})
        if kind == "Cluster":
            labels = spec["inheritedMetadata"]["labels"] | {"cnpg.io/cluster": name}
            yield Place(name, "postgres", labels, ports=_tcp(postgresql=5432, status=8000))
        elif kind == "KafkaNodePool":
            of = {"strimzi.io/cluster": document["metadata"]["labels"]["strimzi.io/cluster"]}
            labels = spec["template"]["pod"]["metadata"]["labels"] | of | {"strimzi.io/broker-role": "true"}
            yield Place("kafka", "kafka", labels, ports=_tcp(clients=9092))
        elif kind == "Kafka":
            yield Place("Kafka's operators", "operator", {"strimzi.io/cluster": name})
        elif template := _template(document):
            yield Place(
                name if kind != "Job" else f"job {name}",
                _kind(kind, name),
                template["metadata"]["labels"],
                ports={
                    port["name"]: (port["containerPort"], port.get("protocol", "TCP"))
                    for container in template["spec"]["containers"]
                    for port in container.get("ports", ())
                },
            )


def _template(document: Document) -> Mapping[str, Any]:
    spec = document.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: Mapping[str, Any] = spec.get("template", {})
    return found if "containers" in found.get("spec", {}) else {}


def _kind(kind: str, name: str) -> str:
    service, _, part = name.rpartition("-")
    if kind == "Job":
        return f"job {name.partition('-')[0]}"
    if part == "api":
        return "api" if service in WITH_A_LEDGER else "stream"
    return part if part == "worker" else name


def _tcp(**ports: int) -> dict[str, tuple[int, str]]:
    return {name: (number, "TCP") for name, number in ports.items()}
