"""Where an installation runs that these tests look at: what `make up` started, or a cluster of Kubernetes."""

import base64
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx

ROOT = Path(__file__).parents[2]
URL = os.environ.get("ENTENTE_PUBLIC_URL", "http://localhost:8080")
OPERATORS_PORT = os.environ.get("ENTENTE_OPERATORS_PORT", "8081")
OPERATORS_URL = f"http://localhost:{OPERATORS_PORT}"


class Place(Protocol):
    """An installation, as those see it who run it."""

    def password(self, whose: str) -> str:
        """That of Keycloak's administrator (``keycloak``), or of its invented people (``people``)."""

    def kill(self, part: str) -> None:
        """End a part's process with as little notice as the place can; it comes back by itself."""

    def inside(self, part: str, program: str) -> "subprocess.CompletedProcess[str]":
        """Run a Python program where a process of ours runs, with all that it knows."""


def ran(*command: str, given: str = "", patience: float = 300) -> str:
    """What a command says. Raises AssertionError with its complaint where it fails."""
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, timeout=patience)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout.strip()


def answers() -> None:
    """Return when every service says through the gateway that it is ready."""
    deadline = time.monotonic() + 900
    while True:
        try:
            said = httpx.get(f"{URL}/readyz", trust_env=False, timeout=20).text
        except httpx.HTTPError as error:
            said = repr(error)
        if '"ready"' in said:
            return
        assert time.monotonic() < deadline, said
        time.sleep(1)


class Compose:
    """What `make up` started. What is killed here ends as by a power cut."""

    def password(self, whose: str) -> str:
        return (ROOT / ".entente/compose/passwords" / whose).read_text()

    def kill(self, part: str) -> None:
        container = ran("docker", "compose", "ps", "--quiet", part)
        ran("docker", "kill", "--signal", "KILL", container)
        ran("docker", "start", container)  # not by compose, which would first do once more what comes before it

    def inside(self, part: str, program: str) -> "subprocess.CompletedProcess[str]":
        command = ["docker", "compose", "exec", "-T", part, "python", "-"]
        return subprocess.run(command, cwd=ROOT, input=program, capture_output=True, text=True, timeout=100)


class Kubernetes:
    """What `kubectl apply -k deploy/k8s/overlays/dev` started."""

    namespace = "entente"
    _keys: tuple[tuple[str, str], ...] = (("keycloak", "admin"), ("people", "people"))

    def __init__(self) -> None:
        self._forwarding: list[subprocess.Popen[bytes]] = []

    def kubectl(self, *words: str, given: str = "", patience: float = 300) -> str:
        """What kubectl says of the namespace."""
        return ran("kubectl", "--namespace", self.namespace, *words, given=given, patience=patience)

    def password(self, whose: str) -> str:
        key = dict(self._keys)[whose]
        return base64.b64decode(self.kubectl("get", "secret", "keycloak", "-o", f"jsonpath={{.data.{key}}}")).decode()

    def pods(self, part: str) -> Sequence[str]:
        """The pods of a part that run."""
        said = self.kubectl("get", "pods", "--field-selector=status.phase=Running", "--output=name")
        return [pod for pod in said.split() if pod.startswith(f"pod/{part}-")]

    def kill(self, part: str) -> None:
        """Take its pods away. They are told a second before (SIGTERM), which no power cut does.

        Not by force: kubelet tells them all the same, and the next pod of a StatefulSet would begin beside the one
        that ends.
        """
        self.kubectl("delete", *self.pods(part), "--grace-period=1")
        if part == "gateway":  # what brings its ports here does not notice, and would go on to a pod that is gone
            self.kubectl("rollout", "status", "deployment/gateway", "--timeout=300s", patience=400)
            for each in self._forwarding:
                each.terminate()
                each.wait()
            answers()

    def inside(self, part: str, program: str) -> "subprocess.CompletedProcess[str]":
        command = ["kubectl", "--namespace", self.namespace, "exec", "-i", f"deployment/{part}", "--container=entente"]
        command += ["--", "python", "-"]
        return subprocess.run(command, cwd=ROOT, input=program, capture_output=True, text=True, timeout=100)

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Bring the gateway's ports to this machine, anew whenever its pod is another one."""
        command = ["kubectl", "--namespace", self.namespace, "port-forward", "service/gateway"]
        command += [f"{URL.rpartition(':')[2]}:8080", f"{OPERATORS_PORT}:8081"]
        ending = threading.Event()

        def forward() -> None:
            while not ending.wait(0.5):
                self._forwarding = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
                self._forwarding[0].wait()

        keeping = threading.Thread(target=forward, daemon=True)
        keeping.start()
        try:
            yield
        finally:
            ending.set()
            for each in self._forwarding:
                each.terminate()
            keeping.join(timeout=30)
