"""The address of the studio. The supervisor holds the socket, so a restart of the web process
refuses no connection: who comes in between waits in the queue.
"""

import errno
import os
import socket
import time
from dataclasses import dataclass

from config.dev.trouble import Trouble

_QUEUE = 512
# The web processes of a supervisor that was killed need a moment to notice.
_PATIENCE = 2.0
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        host = os.environ.get("HOST", "").strip() or "127.0.0.1"
        text = os.environ.get("PORT", "").strip() or "8000"
        if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
            raise Trouble(f"PORT must be a number from 1 to 65535, not {text!r}.")
        return cls(host, int(text))

    @property
    def local_host(self) -> str:
        """By which this machine reaches it."""
        return _ANY_ADDRESS.get(self.host, self.host)

    @property
    def url(self) -> str:
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"http://{host}:{self.port}/"


def listen(address: Address) -> socket.socket:
    """Take the address, or say why not."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Trouble(_why_not(address, error)) from None
            if time.monotonic() > deadline:
                raise Trouble(
                    f"Port {address.port} of {address.host} is taken by another program. "
                    f"Stop it, or choose another port: PORT={_next_port(address)} bin/dev"
                ) from None
        time.sleep(0.1)


def _bind(address: Address) -> socket.socket:
    found = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    family, *_, place = found[0]
    return socket.create_server((place[0], place[1]), family=family, backlog=_QUEUE)


def _why_not(address: Address, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={address.host} is not an address of this machine."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This user may not listen on port {address.port}: choose one above 1023 as PORT."
    return f"The studio cannot listen on {address.host}, port {address.port}: {error.strerror}."


def _next_port(address: Address) -> int:
    return address.port + 1 if address.port < 65535 else 8000
