"""Real servers, started once for all tests that want them. Each fixture stands alone: add yours below."""

import time
from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient
from playwright.sync_api import Browser, sync_playwright

from sinks.kafka.cluster import topics
from sinks.kafka.cursor import CURSORS
from tests.support.browser import chromium
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL; a test that kills or pauses it brings it back."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A running Kafka; a test that kills or pauses it brings it back."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    yield server
    server.kill()


@pytest.fixture
def broker(kafka: KafkaServer) -> KafkaServer:
    """The same Kafka without any of our topics."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    there = sorted(set(admin.list_topics()) & {*topics(), CURSORS})
    if there:
        admin.delete_topics(there)
    # A topic that is still going would be taken for one that is there, and nobody would make it again.
    deadline = time.monotonic() + 30
    while set(admin.list_topics()).intersection(there):
        assert time.monotonic() < deadline, "Kafka does not delete its topics"
        time.sleep(0.05)
    admin.close()
    return kafka


@pytest.fixture
def database(postgres: PostgresServer, request: pytest.FixtureRequest) -> str:
    """The URL of an empty PostgreSQL database of the test's own."""
    return postgres.create_database(f"test_{abs(hash(request.node.nodeid))}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window; of a module, since playwright allows no other within its context."""
    with sync_playwright() as playwright, chromium(playwright) as started:
        yield started
