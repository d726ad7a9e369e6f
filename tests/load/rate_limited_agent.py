# SPDX-License-Identifier: MIT
"""An agent for hundreds of clients at once, which answers 429 above a rate of requests."""

import collections
import pathlib
import secrets
import time

from agent import Agent, key_of


class RateLimitedAgent(Agent):
    """Challenges, accepts each key once, and gives a different token for each."""

    def __init__(self, directory, per_second, retry_after):
        super().__init__(self._play)
        self.directory = pathlib.Path(directory)  # that of the key files
        self.per_second = per_second
        self.retry_after = retry_after  # in seconds, or None
        self.answers = collections.Counter()  # the number of answers by status
        self.tokens = set()
        self._admitted = collections.deque()
        self._keys = {}

    def _play(self, request):
        status, fields, body = self._respond(request)
        self.answers[status] += 1
        head = f"HTTP/1.1 {status} Status\r\n{fields}Content-Length: {len(body)}\r\n\r\n"
        return f"{head}{body}".encode()

    def _respond(self, request):
        if not self._admit():
            after = "" if self.retry_after is None else f"Retry-After: {self.retry_after}\r\n"
            return 429, after, '{"error":"too_many_requests","error_description":"Slow down"}'
        path = self._keys.pop(key_of(request), None)
        if path is None:
            return 401, f"Www-Authenticate: Basic realm={self._make_key()}\r\n", "{}"
        path.unlink()
        token = f"token-{len(self.tokens)}-{secrets.token_hex(600)}"
        self.tokens.add(token)
        return 200, "", f'{{"access_token":"{token}","expires_in":"86400","token_type":"Bearer"}}'

    def _admit(self):
        now = time.monotonic()
        while self._admitted and self._admitted[0] <= now - 1:
            self._admitted.popleft()
        if len(self._admitted) >= self.per_second:
            return False
        self._admitted.append(now)
        return True

    def _make_key(self):
        text = secrets.token_hex(32)
        path = self.directory / f"{secrets.token_hex(16)}.key"
        path.write_text(text)
        self._keys[text] = path
        return path
