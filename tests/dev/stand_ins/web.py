"""Serves on the socket that it inherits, and answers with its number and the lesson's title."""

import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.path.insert(0, sys.argv[3])
sys.dont_write_bytecode = True

from lesson import TITLE  # type: ignore[import-not-found]  # noqa: E402


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.getpid()} {TITLE}".encode())


server = HTTPServer(("", 0), Answer, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[2]))
server.serve_forever()
