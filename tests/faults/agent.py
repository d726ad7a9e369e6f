# SPDX-License-Identifier: MIT
"""An agent of raw bytes over TCP: it plays, request by request, what a case says, however wrong.

It knows nothing of HTTP but where a request ends and whether it carries a key. It records all that
came, so that the test can say what must never have been sent.

An answer is a function of the agent that gives what to play: bytes, a step, or a list of them. A
step is a function of the connection, such as `close` and `drip(...)` below.
"""

import os
import re
import secrets
import socket
import struct
import threading
import time


class Gone(Exception):
    """The connection is over."""


class Connection:
    """The agent's end of one connection."""

    def __init__(self, stream, agent):
        self.stream = stream
        self.agent = agent
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.settimeout(60)

    def send(self, data):
        try:
            self.stream.sendall(data)
        except OSError as problem:
            raise Gone from problem

    def read_request(self):
        """Up to the empty line; what came until then is recorded where the client goes sooner."""
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            try:
                byte = self.stream.recv(1)
            except OSError:
                byte = b""
            if not byte:
                self.agent.fragments += [request] if request else []
                raise Gone
            request += byte
        return request

    def play(self, steps):
        for step in steps if isinstance(steps, list) else [steps]:
            self.send(step) if isinstance(step, bytes) else step(self)


# --- Steps ---------------------------------------------------------------------------------------


def close(_):
    raise Gone


def reset(connection):
    """Closes with a RST, so that what was sent may be lost as well."""
    connection.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Gone


def hang(connection):
    """Says nothing more until the client goes."""
    while connection.stream.recv(4096):
        pass
    raise Gone


def pause(seconds):
    return lambda _: time.sleep(seconds)


def drip(data, seconds=0.0):
    """Byte by byte, each in a packet of its own."""

    def step(connection):
        for at in range(len(data)):
            connection.send(data[at : at + 1])
            if seconds:
                time.sleep(seconds)

    return step


def for_ever(data, seconds=0.0):
    """Until the client goes."""

    def step(connection):
        while True:
            connection.send(data)
            time.sleep(seconds)

    return step


# --- The agent -----------------------------------------------------------------------------------


class Agent:
    """Listens on a port of its own from start() to stop()."""

    def __init__(self, case, directory, decoy_port):
        self.case = case
        self.decoy_port = decoy_port
        self.directory = directory  # of the keys
        self.token = "eyJ" + secrets.token_hex(300)
        self.keys_made = []
        self.keys_sent = []
        self.requests = []
        self.fragments = []  # what came that is no whole request
        self.connections = 0
        self._answered = {False: 0, True: 0}
        self._streams = []
        self._talks = []
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_INET6 if case.ipv6 else socket.AF_INET)
        self._listener.bind(("::1" if case.ipv6 else "127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._is_stopping = False

    def start(self):
        if self.case.opens_after == 0:
            self._listener.listen(64)  # Before the client begins.
        if self.case.opens_after is not None:
            threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        """What has come already is still read to its end; who sleeps then is not waited for."""
        self._is_stopping = True
        for stream in [self._listener, *self._streams]:
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It is closed, or was never connected.
        self._listener.close()
        end = time.monotonic() + 0.2
        for talk in self._talks:
            talk.join(max(end - time.monotonic(), 0))

    def fill_in(self, text):
        """Bytes of a text with what only the agent knows. Each @KEY@ is the path of a fresh key."""
        while "@KEY@" in text:
            text = text.replace("@KEY@", self.make_key(), 1)
        for name, value in self.values().items():
            text = text.replace(f"@{name}@", value)
        return text.encode("latin-1")

    def values(self):
        return {
            "TOKEN": self.token,
            "DIRECTORY": self.directory,
            "PORT": str(self.port),
            "DECOY": str(self.decoy_port),
            "KEYTEXT": self.keys_made[-1] if self.keys_made else "",
        }

    def make_key(self):
        text = secrets.token_hex(32)
        with self._lock:
            self.keys_made.append(text)
        return self.case.key(self.directory, text)

    def _serve(self):
        try:
            if self.case.opens_after > 0:
                time.sleep(self.case.opens_after)
                self._listener.listen(64)
            while not self._is_stopping:
                stream, _ = self._listener.accept()
                self.connections += 1
                self._streams.append(stream)
                talk = threading.Thread(target=self._talk, args=(stream,), daemon=True)
                talk.start()
                self._talks.append(talk)
        except OSError:
            pass  # stop() has closed it.

    def _talk(self, stream):
        connection = Connection(stream, self)
        try:
            connection.play(self.case.greeting)
            while True:
                request = connection.read_request()
                connection.play(self._answer(request))
        except (Gone, OSError):
            stream.close()

    def _answer(self, request):
        key = re.search(rb"^Authorization: Basic (.*)\r$", request, re.MULTILINE)
        with self._lock:
            self.requests.append(request)
            if key:
                self.keys_sent.append(key.group(1).decode("latin-1"))
            answers = self.case.second if key else self.case.first
            answers = answers if isinstance(answers, list) else [answers]
            answer = answers[min(self._answered[bool(key)], len(answers) - 1)]
            self._answered[bool(key)] += 1
        return answer(self)


class Decoy:
    """A listener that nobody has any business with: whether somebody has come."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]

    def was_visited(self):
        try:
            self._listener.accept()[0].close()
            return True
        except BlockingIOError:
            return False

    def stop(self):
        self._listener.close()
