"""How a cluster is found before a run; nothing in it is changed."""

from contextlib import closing

from kafka.errors import KafkaError, KafkaTimeoutError

from domain.errors import SinkBusy
from sinks.kafka.cluster import KafkaCluster, topics
from sinks.kafka.cursor import CURSORS
from sinks.kafka_settings import KafkaSettings


def look(settings: KafkaSettings) -> str:
    """See `sinks.base.SinkSettings.look`."""
    cluster = KafkaCluster(settings)
    needed = {*topics(), CURSORS} if settings.guarantee == "exactly_once" else set(topics())
    try:
        with closing(cluster.admin()) as admin:
            missing = needed - set(admin.list_topics())
    except KafkaTimeoutError:
        raise SinkBusy(cluster.unreachable(), retry_after_s=0) from None
    except KafkaError as error:
        raise SinkBusy(cluster.explain(error), retry_after_s=0) from None
    return f"{len(missing)} topics will be made" if missing else "its topics are there"
