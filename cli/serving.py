"""What `footfall serve` does."""

from cli import console
from cli.exit_codes import ExitCode
from cli.interrupts import stop_on_signals
from cli.running import tell_settings
from cli.speech import Speech
from config.component import requires
from config.settings import Settings


def serve_settings(settings: Settings, speech: Speech) -> ExitCode:
    """Serve until a signal comes, and print the address when it answers.

    Args:
        settings: All of them.
        speech: How much is said.

    Raises:
        UsageError: It cannot begin.
    """
    with requires(
        "service",
        "fastapi",
        "starlette",
        "uvicorn",
        "prometheus_client",
        "anyio",
        "multipart",
        "python_multipart",
    ):
        from service.serving import serve  # noqa: PLC0415 - an extra
    settings = _for_days(settings)
    tell_settings(settings)

    def say(address: str) -> None:
        if not speech.quiet:
            console.output().out(
                f"Footfall serves {address} (API: {address}docs); Ctrl-C ends it", highlight=False
            )

    with stop_on_signals() as stop:
        result = serve(settings, stop, say)
    if any(stream.faults for stream in result.streams):
        return ExitCode.BUG
    if any(sink.problem or sink.events_undelivered for sink in result.sinks):
        return ExitCode.UNDELIVERED
    return ExitCode.OK


def _for_days(settings: Settings) -> Settings:
    """Without the drawn video, unless somebody asks for it: it would grow for as long as the service runs."""
    if any(settings.origin(path) for path in (("pictures",), ("pictures", "overlay"))):
        return settings
    pictures = {name: component for name, component in settings.pictures.items() if name != "overlay"}
    return settings.model_copy(update={"pictures": pictures})
