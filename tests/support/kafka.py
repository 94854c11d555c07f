"""A real Apache Kafka, one KRaft node, from Maven Central's jars."""

import fcntl
import shutil
import signal
import subprocess
from pathlib import Path

from sinks.kafka_settings import KafkaSettings
from tests.support.ending import EndsWithUs
from tests.support.ports import free_port
from tests.support.shared_data import ROOT
from tests.support.waiting import eventually

VERSION = "4.1.1"
_HOME = ROOT / ".cache" / "kafka" / VERSION
_CURE = "run scripts/system-packages.sh"
_START_S = 180.0

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners={listener}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listener}://127.0.0.1:{advertised}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT
inter.broker.listener.name={listener}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
log.dirs={data}
auto.create.topics.enable=false
message.max.bytes=900000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""

_LOGIN = """\
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="broker" password="broker" user_broker="broker" user_{username}="{password}";
"""


class KafkaServer:
    """Starts when made; can be killed, paused and started again over the same data and port.

    Args:
        folder: For data and logs; must be empty.
        login: User and password that clients must give (SASL PLAIN); None lets everyone in.
        advertised: Port of 127.0.0.1 that clients are told to use, which leads here; None is its own.
    """

    def __init__(
        self, folder: Path, login: tuple[str, str] | None = None, advertised: int | None = None
    ) -> None:
        self._libraries = _jars()
        self._folder = folder
        self.port = free_port()
        listener = "SASL_PLAINTEXT" if login else "PLAINTEXT"
        text = _PROPERTIES.format(
            listener=listener,
            port=self.port,
            advertised=advertised or self.port,
            controller=free_port(),
            data=folder / "data",
        )
        if login:
            text += _LOGIN.format(username=login[0], password=login[1])
        (folder / "server.properties").write_text(text)
        self._java("kafka.tools.StorageTool", "format", "--standalone", "-t", "Rm9vdGZhbGxUZXN0cyEhIQ", "-c")
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: EndsWithUs | None = None
        self.start()

    @property
    def bootstrap(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        log = self._folder / "kafka.log"
        seen = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = process = subprocess.Popen(
                [*self._command("kafka.Kafka"), str(self._folder / "server.properties")],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._guard = EndsWithUs(process.pid)

        def up() -> bool:
            said = log.read_bytes()[seen:]
            assert process.poll() is None, f"Kafka ended at once ({_CURE}?):\n{said[-3000:].decode()}"
            return b"Kafka Server started" in said

        eventually(up, within_s=_START_S, what=f"the start of Kafka, which logs to {log},")

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None
        if self._guard is not None:
            self._guard.let_go()

    def pause(self) -> None:
        """Let it hang: it accepts connections and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _command(self, main_class: str) -> list[str]:
        small = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        info = "-Dorg.apache.logging.log4j.level=INFO"
        return ["java", *small, info, "-cp", f"{self._libraries}/*", main_class]

    def _java(self, main_class: str, *arguments: str) -> None:
        command = [*self._command(main_class), *arguments, str(self._folder / "server.properties")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{main_class} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def _jars() -> Path:
    """The folder of Kafka's jars, fetched once and kept."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise RuntimeError(f"the tests with a real Kafka need {tool}: {_CURE}")
    _HOME.mkdir(parents=True, exist_ok=True)
    complete = _HOME / "complete"
    with (_HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            _fetch(_HOME / "lib")
            complete.touch()
    return _HOME / "lib"


def _fetch(libraries: Path) -> None:
    pom = Path(__file__).with_name("kafka-pom.xml")
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    done = subprocess.run(
        [*command, f"-DoutputDirectory={libraries}"], capture_output=True, text=True, timeout=240, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(
            f"Kafka's jars cannot be fetched with Maven ({_CURE}; a network is needed once):\n{done.stdout[-2000:]}"
        )


def kafka_settings(bootstrap_servers: str, **values: object) -> KafkaSettings:
    """Settings of the sink for these servers."""
    return KafkaSettings.model_validate({"bootstrap_servers": bootstrap_servers, **values})
