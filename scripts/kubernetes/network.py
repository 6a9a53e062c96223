"""Who reaches whom on which port, as NetworkPolicies that are applied together let them.

Read as Kubernetes reads them: whoever no policy selects may do anything; whoever one selects may do what some policy
allows, and a way is open where its beginning lets out and its end lets in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Labels = Mapping[str, str]
Document = Mapping[str, Any]
OTHER = 1
"""A port that nobody names: what is open here is open on every port."""
ANY = "any port"
_HERE = {"kubernetes.io/metadata.name": "entente"}
_READ = {"port", "protocol"}


@dataclass(frozen=True)
class Place:
    """Pods that are alike, or what is beyond the cluster (``labels`` is None)."""

    name: str
    kind: str
    """As whom the table of ways knows it."""
    labels: Labels | None
    namespace: Labels = field(default_factory=lambda: _HERE)
    ports: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """By name its number, and TCP or UDP."""

    @property
    def inside(self) -> bool:
        """Whether it is in our namespace, where our policies hold."""
        return self.namespace is _HERE


OUTSIDE = (
    Place("names", "names", {"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"}),
    Place("who watches", "who watches", {}, {"entente.io/watches": "true"}),
    Place("who brings requests", "who brings requests", {}, {"entente.io/brings-requests": "true"}),
    Place("keda", "keda", {}, {"kubernetes.io/metadata.name": "keda"}),
    Place("cloudnative-pg", "cloudnative-pg", {"app.kubernetes.io/name": "cloudnative-pg"}, {}),
    Place("strimzi", "strimzi", {"strimzi.io/kind": "cluster-operator"}, {}),
    Place("a stranger", "a stranger", {}, {}),
    Place(
        "a stranger in disguise",
        "a stranger",
        {
            "app.kubernetes.io/component": "gateway",
            "entente.io/uses-database": "true",
            "entente.io/uses-kafka": "true",
            "strimzi.io/cluster": "kafka",
            "cnpg.io/cluster": "postgres",
        },
        {},
    ),
    Place("the world", "the world", None, {}),
)

Way = tuple[Place, Place, int | str]


def ways(places: Sequence[Place], documents: Sequence[Document]) -> set[tuple[str, str, int | str]]:
    """By name each way that is open and begins or ends inside; ``ANY`` where it is open on every port.

    Raises ValueError where a policy says what is not read here.
    """
    policies = [each["spec"] for each in documents if each["kind"] == "NetworkPolicy"] + _of_strimzi(documents)
    named = sorted({number for policy in policies for number in _numbers(policy)})
    found: set[tuple[str, str, int | str]] = set()
    for start in places:
        for end in places:
            if not (start.inside or end.inside):
                continue
            ports = {*named, *end.ports.values(), (OTHER, "TCP")}
            passing = {port for port in ports if _open(policies, start, end, port)}
            if (OTHER, "TCP") in passing:
                found.add((start.name, end.name, ANY))
            else:
                found |= {(start.name, end.name, _spoken(*port)) for port in passing}
    return found


def selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a selector of labels fits. Raises ValueError for an operator that Kubernetes does not know."""
    if any(labels.get(name) != value for name, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_fits(each, labels) for each in selector.get("matchExpressions", ()))


def _fits(wanted: Mapping[str, Any], labels: Labels) -> bool:
    key, values = wanted["key"], wanted.get("values", ())
    match wanted["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"no selector has the operator {wanted['operator']}")


def _open(policies: Sequence[Mapping[str, Any]], start: Place, end: Place, port: tuple[int, str]) -> bool:
    out = _lets(policies, "Egress", start, end, end, port)
    return out and _lets(policies, "Ingress", end, start, end, port)


def _lets(
    policies: Sequence[Mapping[str, Any]], way: str, whose: Place, other: Place, end: Place, port: tuple[int, str]
) -> bool:
    if not whose.inside or whose.labels is None:
        return True
    mine = [each for each in policies if way in _types(each) and selects(each["podSelector"], whose.labels)]
    rules = [rule for policy in mine for rule in policy.get(way.lower(), ())]
    peers = "to" if way == "Egress" else "from"
    return not mine or any(_by(rule, peers, other, end, port) for rule in rules)


def _types(policy: Mapping[str, Any]) -> Sequence[str]:
    without = ["Ingress", "Egress"] if policy.get("egress") else ["Ingress"]
    found: Sequence[str] = policy.get("policyTypes", without)
    return found


def _by(rule: Mapping[str, Any], peers: str, other: Place, end: Place, port: tuple[int, str]) -> bool:
    """An empty list, as a missing one, is everybody and every port."""
    who, where = rule.get(peers), rule.get("ports")
    known = not who or any(_is_peer(each, other) for each in who)
    return known and (not where or any(_is_port(each, end) == port for each in where))


def _is_peer(peer: Mapping[str, Any], place: Place) -> bool:
    if "ipBlock" in peer:
        return True  # addresses are given to pods as to the world
    if place.labels is None:
        return False
    spaces = peer.get("namespaceSelector")
    there = place.inside if spaces is None else selects(spaces, place.namespace)
    return there and selects(peer.get("podSelector", {}), place.labels)


def _is_port(rule: Mapping[str, Any], end: Place) -> tuple[int, str] | None:
    if strange := rule.keys() - _READ:
        raise ValueError(f"a policy says {', '.join(sorted(strange))} of a port, which is not read here")
    protocol = rule.get("protocol", "TCP")
    if isinstance(rule.get("port"), int):
        return rule["port"], protocol
    found = end.ports.get(str(rule.get("port")))
    return found if found and found[1] == protocol else None


def _numbers(policy: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    for rule in (*policy.get("ingress", ()), *policy.get("egress", ())):
        for port in rule.get("ports", ()):
            if isinstance(port.get("port"), int):
                yield port["port"], port.get("protocol", "TCP")


def _spoken(number: int, protocol: str) -> int | str:
    return number if protocol == "TCP" else f"{number}/{protocol}"


def _of_strimzi(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """The policies that Strimzi makes for listeners: everybody may come where it was told of no peers."""
    made = []
    for kafka in (each for each in documents if each["kind"] == "Kafka"):
        brokers = {"matchLabels": {"strimzi.io/cluster": kafka["metadata"]["name"], "strimzi.io/broker-role": "true"}}
        for each in kafka["spec"]["kafka"]["listeners"]:
            rule = {"from": each.get("networkPolicyPeers", ()), "ports": [{"port": each["port"]}]}
            made.append({"podSelector": brokers, "policyTypes": ["Ingress"], "ingress": [rule]})
    return made
