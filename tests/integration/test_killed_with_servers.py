"""Runs into a real Kafka and a real PostgreSQL, killed and cut off from them: a handful; `make chaos` has them all."""

import gc
from collections.abc import Iterator

import pytest

from tests.chaos.outages import Outage
from tests.chaos.plans import Plan
from tests.chaos.stores import KafkaTopics, PostgresTables
from tests.chaos.trial import Kill, Trials
from tests.support.kafka import KafkaServer
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def trials(
    kafka: KafkaServer, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trials]:
    trials = Trials(
        tmp_path_factory.mktemp("servers"),
        stores=(PostgresTables(postgres), KafkaTopics(kafka.bootstrap)),
        source="synthetic:?persons=2&seconds=5&seed=5&size=320x180&fps=5",
    )
    trials.whole()
    yield trials
    gc.collect()


def test_killed_in_a_transaction_and_after_its_commit_kafka_and_sql_have_each_event_once(
    trials: Trials,
) -> None:
    plan = Plan([Kill("in a transaction of Kafka", 2), Kill("after a transaction of Kafka", 1)])
    died, found = plan.carry_out(trials, "killed")
    assert died == 2
    assert plan.is_right(died, found), found


def test_both_servers_away_and_killed_in_the_midst_of_it(
    trials: Trials, kafka: KafkaServer, postgres: PostgresServer
) -> None:
    outage = Outage.of("both", [kafka, postgres], after_s=0.0, for_s=5.0)
    plan = Plan([Kill("after a picture", 9)], outage)
    died, found = plan.carry_out(trials, "away")
    assert plan.is_right(died, found), found
