"""A real Prometheus with the project's configuration and rules."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.support.ports import free_port
from tests.support.shared_data import ROOT
from tests.support.waiting import eventually

CONFIGURATION = ROOT / "monitoring" / "prometheus"
_CURE = "run scripts/system-packages.sh"


def command(name: str) -> str:
    """Where `prometheus` or `promtool` is."""
    found = shutil.which(name)
    assert found, f"the tests of monitoring need {name}: {_CURE}"
    return found


class Prometheus:
    """One that runs.

    Args:
        url: Where it answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=30)

    def close(self) -> None:
        self._client.close()

    def ask(self, path: str, **parameters: str) -> Any:
        """What its API says."""
        answer = self._client.get(f"/api/v1/{path}", params=parameters)
        content = answer.json()
        assert content["status"] == "success", (parameters, content)
        return content["data"]

    def query(self, expression: str) -> list[Any]:
        """The series that it finds now, as labels and value."""
        return list(self.ask("query", query=expression)["result"])

    def ready(self) -> bool:
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def scraping(folder: Path, target: str) -> Iterator[Prometheus]:
    """Prometheus as it is configured, but on a free port, with this target, and looking every second.

    Args:
        folder: For its data; must be empty.
        target: HOST:PORT of a Footfall.
    """
    configuration = yaml.safe_load((CONFIGURATION / "prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(CONFIGURATION / name) for name in configuration["rule_files"]]
    for job in configuration["scrape_configs"]:
        job["static_configs"] = [{"targets": [target]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    port = free_port()
    arguments = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command("prometheus"), *arguments, f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    running = Prometheus(f"http://127.0.0.1:{port}")
    try:
        eventually(
            running.ready, within_s=60, what=f"the start of Prometheus, which logs to {folder / 'log'},"
        )
        yield running
    finally:
        running.close()
        process.terminate()
        process.wait(30)
