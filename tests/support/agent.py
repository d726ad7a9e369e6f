# SPDX-License-Identifier: MIT
"""An agent that sends raw bytes over TCP: for each request it plays what a test sets, valid or not.

All it knows about HTTP is where a request ends. It records everything received, so that a test can check what
must never be sent.

What it plays is bytes, a step, or any iterable of them. A step is a function of the connection, such
as `close` and `drip(...)` below.
"""

import re
import socket
import struct
import threading
import time


class Gone(Exception):
    """The connection is over."""


def key_of(request):
    """The key in the request, or None."""
    field = re.search(rb"^Authorization: Basic (.*)\r$", request, re.MULTILINE)
    return field and field.group(1).decode("latin-1")


class Connection:
    """The agent's end of one connection."""

    def __init__(self, stream, agent):
        self.stream = stream
        self.agent = agent
        self._received = b""
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.settimeout(60)

    def send(self, data):
        try:
            self.stream.sendall(data)
        except OSError as problem:
            raise Gone from problem

    def read_request(self):
        """Reads up to the empty line. If the client closes before that, what arrived is a fragment."""
        while b"\r\n\r\n" not in self._received:
            try:
                more = self.stream.recv(4096)
            except OSError:
                more = b""
            if not more:
                self.agent.fragments += [self._received] if self._received else []
                raise Gone
            self._received += more
        head, end, self._received = self._received.partition(b"\r\n\r\n")
        return head + end

    def play(self, steps):
        for step in [steps] if isinstance(steps, bytes) or callable(steps) else steps:
            self.send(step) if isinstance(step, bytes) else step(self)


# --- Steps ---------------------------------------------------------------------------------------


def close(_):
    raise Gone


def reset(connection):
    """Closes with RST, so that data in transit may be lost."""
    connection.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Gone


def hang(connection):
    """Sends nothing more until the client closes."""
    while connection.stream.recv(4096):
        pass
    raise Gone


def pause(seconds):
    return lambda _: time.sleep(seconds)


def drip(data, seconds=0.0):
    """Sends byte by byte, each in a separate packet."""

    def step(connection):
        for at in range(len(data)):
            connection.send(data[at : at + 1])
            if seconds:
                time.sleep(seconds)

    return step


def for_ever(data, seconds=0.0):
    """Repeats the bytes until the client closes."""

    def step(connection):
        while True:
            connection.send(data)
            time.sleep(seconds)

    return step


# --- The agent -----------------------------------------------------------------------------------


class Agent:
    """Listens on its own port from start() to stop(). `answer(request)` returns what to play; it is called
    for one request at a time."""

    def __init__(self, answer, greeting=(), ipv6=False):
        self.requests = []
        self.fragments = []  # incomplete requests received
        self.connections = 0
        self._answer = answer
        self._greeting = greeting  # played when a connection is made
        self._streams = []
        self._talks = []
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET)
        self._listener.bind(("::1" if ipv6 else "127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._is_stopping = False

    def received(self):
        """Everything received: requests and fragments."""
        return self.requests + self.fragments

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, after=0.0):
        """Starts listening after `after` seconds."""
        if after == 0:
            self._listener.listen(1024)  # before the client starts
        threading.Thread(target=self._serve, args=(after,), daemon=True).start()

    def stop(self):
        """Reads what has already arrived to its end; sleeping threads are not waited for."""
        self._is_stopping = True
        for stream in [self._listener, *self._streams]:
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed, or never connected
        self._listener.close()
        end = time.monotonic() + 0.2
        for talk in self._talks:
            talk.join(max(end - time.monotonic(), 0))

    def _serve(self, after):
        try:
            if after > 0:
                time.sleep(after)
                self._listener.listen(1024)
            while not self._is_stopping:
                stream, _ = self._listener.accept()
                self.connections += 1
                self._streams.append(stream)
                talk = threading.Thread(target=self._talk, args=(stream,), daemon=True)
                talk.start()
                self._talks.append(talk)
        except OSError:
            pass  # closed by stop()

    def _talk(self, stream):
        connection = Connection(stream, self)
        try:
            connection.play(self._greeting)
            while True:
                request = connection.read_request()
                with self._lock:
                    self.requests.append(request)
                    played = self._answer(request)
                connection.play(played)
        except (Gone, OSError):
            stream.close()


class Decoy:
    """A listener that no client should contact, which records whether one did."""

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
