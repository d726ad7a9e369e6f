# SPDX-License-Identifier: MIT
"""Stand-ins for the services of the recipes: an HTTPS service that records its requests, and a PostgreSQL
server that takes any password, over TLS, and answers one query."""

import socket
import ssl
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def tls_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class HttpsService:
    """`requests` has (method, target, headers, body) of each request; `body` is the answer to all."""

    def __init__(self, host, certificate, body, content_type="application/json"):
        self.host = host
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(handler):
                length = int(handler.headers.get("Content-Length", 0))
                self.requests.append(
                    (handler.command, handler.path, handler.headers, handler.rfile.read(length))
                )
                handler.send_response(200)
                handler.send_header("Content-Type", content_type)
                handler.send_header("Content-Length", str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            do_POST = do_GET

            def log_message(handler, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = tls_context(certificate).wrap_socket(self._server.socket, server_side=True)
        self.address = self._server.server_address
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


def git_advertisement(commit):
    """The advertisement of a repository with one branch (gitprotocol-http, smart, version 0)."""
    lines = [b"# service=git-upload-pack\n", None, commit + b" refs/heads/main\0agent=stand-in\n", None]
    return b"".join(b"0000" if line is None else b"%04x" % (len(line) + 4) + line for line in lines)


class PostgresServer:
    """`passwords` has the clients' passwords (PostgreSQL's protocol 3.0, AuthenticationCleartextPassword)."""

    def __init__(self, certificate):
        self.passwords = []
        self._context = tls_context(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._serve(client)

    def _serve(self, client):
        client.recv(8)  # SSLRequest
        client.sendall(b"S")
        with self._context.wrap_socket(client, server_side=True) as session:
            stream = session.makefile("rwb")
            (length,) = struct.unpack("!i", stream.read(4))
            stream.read(length - 4)  # StartupMessage
            self._send(stream, b"R" + struct.pack("!ii", 8, 3))
            self.passwords.append(self._message(stream)[1].rstrip(b"\0").decode())
            ready = b"Z" + struct.pack("!ic", 5, b"I")
            self._send(stream, b"R" + struct.pack("!ii", 8, 0) + ready)
            while self._message(stream)[0] == b"Q":
                columns = b"T" + struct.pack("!ih", 4 + 2 + 2 + 18, 1) + b"n\0" + struct.pack(
                    "!ihihih", 0, 0, 23, 4, -1, 0
                )  # fmt: skip
                row = b"D" + struct.pack("!ihi", 4 + 2 + 4 + 1, 1, 1) + b"1"
                complete = b"C" + struct.pack("!i", 4 + 9) + b"SELECT 1\0"
                self._send(stream, columns + row + complete + ready)

    @staticmethod
    def _send(stream, data):
        stream.write(data)
        stream.flush()

    @staticmethod
    def _message(stream):
        kind = stream.read(1)
        (length,) = struct.unpack("!i", stream.read(4))
        return kind, stream.read(length - 4)
