"""Asking the studio whether it is ready, without waiting for the answer."""

import os
import socket

from config.dev.listening import Address

_PATIENCE_TO_CONNECT = 0.5


class ReadyCheck:
    """One GET /readyz at a time. Its connection may lie in the queue until the web process is up."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: socket.socket | None = None
        self._answer = b""

    def ask(self) -> bool:
        """Call again and again; True once the answer is 200."""
        try:
            if self._connection is None:
                self._connect()
            return self._read()
        except OSError:
            self.close()
            return False

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._answer = b""

    def _connect(self) -> None:
        place = (self._address.local_host, self._address.port)
        self._connection = socket.create_connection(place, _PATIENCE_TO_CONNECT)
        self._connection.setblocking(False)  # noqa: FBT003
        request = f"GET /readyz HTTP/1.1\r\nHost: {_host_header()}\r\nConnection: close\r\n\r\n"
        self._connection.sendall(request.encode())

    def _read(self) -> bool:
        assert self._connection is not None  # noqa: S101
        try:
            while part := self._connection.recv(65536):
                self._answer += part
        except BlockingIOError:
            return False
        status = self._answer.split(b" ", 2)[1:2]
        self.close()
        return status == [b"200"]


def _host_header() -> str:
    """One that the studio answers to."""
    allowed = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    names = [host.lstrip(".") for host in allowed if host and host != "*"]
    return names[0] if names else "localhost"
