"""Makes the secrets of each list beside this file where they are missing; a line is NAME KEY=VALUE... KEY...

A key without a value gets a random word, of signs that a URL may hold.
"""

import json
import os
import secrets
import ssl
import urllib.error
import urllib.request
from pathlib import Path

HERE, ACCOUNT = Path(__file__).parent, Path("/var/run/secrets/kubernetes.io/serviceaccount")


def secret(line: str) -> dict[str, object]:
    """The secret of a line."""
    name, *keys = line.split()
    pairs = (key.partition("=") for key in keys)
    data = {key: value if given else secrets.token_hex(24) for key, given, value in pairs}
    kind = "kubernetes.io/basic-auth" if data.keys() == {"username", "password"} else "Opaque"
    metadata = {"name": name, "labels": {"app.kubernetes.io/part-of": "entente"}}
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata, "stringData": data}


def make(body: dict[str, object]) -> str:
    """Ask Kubernetes for it; gives what became of it."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT_HTTPS"]
    where = f"[{host}]" if ":" in host else host
    url = f"https://{where}:{port}/api/v1/namespaces/{(ACCOUNT / 'namespace').read_text()}/secrets"
    headers = {"Authorization": f"Bearer {(ACCOUNT / 'token').read_text()}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    trusted = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    try:
        with urllib.request.urlopen(request, context=trusted, timeout=30):  # noqa: S310
            return "made"
    except urllib.error.HTTPError as error:
        if error.code == 409:
            return "is there"
        raise


def main() -> None:
    """Make all of them."""
    for file in sorted(HERE.glob("*.txt")):
        for line in file.read_text().splitlines():
            if line and not line.startswith("#"):
                print(line.split()[0], make(secret(line)))


if __name__ == "__main__":
    main()
