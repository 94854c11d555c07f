"""Connections: so many at a time, and none that may take for ever to say what it wants, or to take its answer."""

import asyncio
import resource
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.errors import ErrorCode, ServiceError
from service.handlers import answer_of
from service.limits import HEADERS

_STALLED_S = 60.0
"""Who takes nothing of an answer for so long gets no more of it."""

_LINGERS_S = 2.0
"""What somebody sends who was refused is thrown away for so long."""

_OTHER_FILES = 256
"""That a process has open beside its connections: videos, databases, brokers."""

_FEWEST = 16


@dataclass(slots=True, eq=False)
class Connections:
    """What the connections of a server share. Its event loop alone uses it.

    Attributes:
        most: How many there may be.
        head_timeout_s: Longest time for the head of a request: from the connection, or from its first byte on one that is kept;
            and for what is left of a body that nobody has waited for.
    """

    most: int
    head_timeout_s: float
    _waiting: "OrderedDict[Connection, None]" = field(default_factory=OrderedDict)

    def waits(self, connection: "Connection", *, waits: bool) -> None:
        """Note whether nothing is being done for a connection; it waits since it was first told so."""
        if waits:
            self._waiting.setdefault(connection)
        else:
            self._waiting.pop(connection, None)

    def make_room(self, present: int) -> bool:
        """Close one for which nothing is being done, the one that has waited longest, where there are too many.

        Args:
            present: How many there are with the one that there is to be room for.

        Returns:
            Whether there is room.
        """
        if present <= self.most:
            return True
        if not self._waiting:
            return False
        oldest, _ = self._waiting.popitem(last=False)
        oldest.transport.abort()
        return True


class Connection(H11Protocol):
    """uvicorn's connection, with limits that it does not have: it waits for the head of a request for as long as somebody sends.

    Args:
        shared: What it has in common with the others.
        more: As uvicorn says.
    """

    def __init__(self, shared: Connections, **more: Any) -> None:
        super().__init__(**more)
        self._shared = shared
        self._refused = False
        self._patience: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has come."""
        super().connection_made(transport)
        if self._shared.make_room(len(self.connections)):
            self._watch()
        else:
            self._refuse(ServiceError(ErrorCode.BUSY, "there are too many connections", retry_after_s=1.0))

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """They say something."""
        if not self._refused:
            super().data_received(data)
            self._watch()

    def on_response_complete(self) -> None:
        """They have their answer."""
        super().on_response_complete()
        self._watch()

    def timeout_keep_alive_handler(self) -> None:
        """They have asked nothing more."""
        super().timeout_keep_alive_handler()
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on it is no connection of this kind."""
        self._forget()
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, in the form of every answer."""
        self._refuse(ServiceError(ErrorCode.BAD_REQUEST, msg.rstrip(".")))

    def pause_writing(self) -> None:
        """They are slow to take their answer."""
        super().pause_writing()
        self._is_stalled(True)

    def resume_writing(self) -> None:
        """They have taken some of it."""
        super().resume_writing()
        self._is_stalled(self.transport.is_closing())
        self._watch()

    def _watch(self) -> None:
        """Be patient for so long only while they owe something that nobody waits for."""
        if self._refused or self.transport.get_protocol() is not self:
            # It is being closed, or is a WebSocket now.
            return
        idle, closing = self.cycle is None or self.cycle.response_complete, self.transport.is_closing()
        # Who still takes an answer is no one for whom nothing is done.
        self._shared.waits(self, waits=idle and self._stalled is None)
        if closing and self._stalled is None:
            self._is_stalled(True)
        # Between two requests uvicorn itself waits, for a shorter while, unless something of the next one has come.
        owes = self.timeout_keep_alive_task is None or self.conn.their_state is h11.SEND_BODY
        if closing or not idle or not owes:
            self._be_patient()
        elif self._patience is None:
            self._patience = self.loop.call_later(self._shared.head_timeout_s, self._give_up)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _is_stalled(self, stalled: bool) -> None:
        """Whether something is left that they have to take."""
        if self._stalled is not None:
            self._stalled.cancel()
        left = self.transport.get_write_buffer_size() if stalled else 0
        self._stalled = self.loop.call_later(_STALLED_S, self._look_again, left) if stalled else None

    def _look_again(self, left: int) -> None:
        """A long answer is one piece, and who takes that on a slow line is told of only at its end."""
        if self.transport.get_write_buffer_size() < left:
            self._is_stalled(True)
        else:
            self.transport.abort()

    def _give_up(self) -> None:
        if (
            self.conn.their_state is h11.IDLE
            and self.conn.our_state is h11.IDLE
            and self.conn.trailing_data[0]
        ):
            told = f"the head of the request did not arrive within {self._shared.head_timeout_s:g} s: send it faster"
            self._refuse(ServiceError(ErrorCode.TOO_SLOW, told))
        else:
            self.transport.close()
            self._watch()

    def _refuse(self, error: ServiceError) -> None:
        """Answer before the application is asked, and close: a while later, or what is on its way would break the answer off."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.close()
            self._watch()
            return
        answer = answer_of(error)
        answer.headers.update({**HEADERS, "connection": "close"})
        reason = HTTPStatus(answer.status_code).phrase
        told = h11.Response(status_code=answer.status_code, headers=answer.raw_headers, reason=reason)
        for event in (told, h11.Data(data=bytes(answer.body)), h11.EndOfMessage(), h11.ConnectionClosed()):
            self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._refused = True
        self.transport.write_eof()
        self._be_patient()
        self._patience = self.loop.call_later(_LINGERS_S, self.transport.abort)

    def _forget(self) -> None:
        self._shared.waits(self, waits=False)
        self._be_patient()
        self._is_stalled(False)


def connections_for(wanted: int) -> int:
    """How many connections there may be: as many as wanted, or as many files as the system lets this process open, less others.

    Args:
        wanted: At least 1.
    """
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if least != resource.RLIM_INFINITY and least < needed:
        least = needed if most == resource.RLIM_INFINITY else min(needed, most)
        with suppress(ValueError, OSError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (least, most))
        least, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if least == resource.RLIM_INFINITY else min(wanted, max(_FEWEST, least - _OTHER_FILES))
