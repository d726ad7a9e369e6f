# SPDX-License-Identifier: MIT
"""Agents that no client should trust, and checks whether a program does.

Each check runs a program against a separate agent, and returns whether the program withstood it. A program
is an argument list; it finds the agent by IDENTITY_ENDPOINT, and the key directory by KEY_DIRECTORY.
"""

import dataclasses
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(1, "tests/support")
from agent import Agent, close

RESOURCE = "https://vault.azure.net"
SECRET = "a-secret-that-no-agent-may-have"
PATIENCE = 45  # s; the longest time limit of the programs is 30 s.


def response(status, body="", *fields):
    """An answer after which the connection is closed."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields]
    return "\r\n".join([*lines, "", body])


def token_body(token="eyJ0.eyJh.c2ln", life=86400):
    return json.dumps({"access_token": token, "expires_in": str(life),
                       "expires_on": str(int(time.time()) + life), "resource": RESOURCE,
                       "token_type": "Bearer"})


def challenge(path):
    return response("401 Unauthorized", "", f"Www-Authenticate: Basic realm={path}")


def behind_challenge(keys, answer):
    """An answer of an agent that requires a key first, as the real one does."""
    key_file = keys / "one.key"
    key_file.write_text("a-key", encoding="ascii")

    def answer_to(request, count):
        return answer(request, count) if "Authorization" in request else challenge(key_file)

    return answer_to


class HostileAgent(Agent):
    """`answer` takes the text of a request and the number of earlier ones, and returns the text
    to send, or yields it in pieces. The connection is closed after each answer."""

    def __init__(self, answer):
        super().__init__(self._play)
        self._answer_text = answer

    def _play(self, request):
        pieces = self._answer_text(request.decode("latin-1"), len(self.requests) - 1)
        pieces = [pieces] if isinstance(pieces, str) else pieces
        return itertools.chain((piece.encode("latin-1") for piece in pieces), [close])


@dataclasses.dataclass
class Run:
    """How a program ended: its exit code, or None if it had to be stopped, and its output."""
    code: int | None
    output: str
    seconds: float


def ask(program, agent, keys, **variables):
    """Runs the program against an agent."""
    # `simulate` exempts the loopback names from proxies.
    inherited = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    environment = {**inherited, "IMDS_ENDPOINT": agent.url, "KEY_DIRECTORY": str(keys),
                   "IDENTITY_ENDPOINT": f"{agent.url}/metadata/identity/oauth2/token", **variables}
    start = time.monotonic()
    # In its own process group, so that a script's children end with it.
    with subprocess.Popen([*program, RESOURCE], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          start_new_session=True) as process:
        try:
            output = process.communicate(timeout=PATIENCE)[0]
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output, code = process.communicate()[0], None
    return Run(code, output, time.monotonic() - start)


# --- The checks: each returns whether the program withstood the agent ----------------------------

def sends_no_file(program, keys, path):
    """The agent names a file that is not one of its keys."""
    def answer(request, _):
        return response("200 OK", token_body()) if "Authorization" in request else challenge(path)

    with HostileAgent(answer) as agent:
        ask(program, agent, keys)
        assert agent.requests, "the program did not ask"
        return not any(SECRET.encode() in request for request in agent.received())


def opens_key_directory_only(program, keys):
    elsewhere = keys.parent / "elsewhere.key"
    elsewhere.write_text(SECRET, encoding="ascii")
    return sends_no_file(program, keys, elsewhere)


def follows_no_link(program, keys):
    target, link = keys.parent / "target", keys / "link.key"
    target.write_text(SECRET, encoding="ascii")
    link.symlink_to(target)
    return sends_no_file(program, keys, link)


def uses_no_proxy(program, keys):
    """The environment names a proxy for HTTP."""
    with HostileAgent(lambda *_: response("200 OK", token_body())) as proxy, \
            HostileAgent(lambda *_: response("200 OK", token_body())) as agent:
        ask(program, agent, keys, http_proxy=proxy.url)
        return not proxy.received()


def follows_no_redirect(program, keys):
    """The agent redirects the client to another one, with the key."""
    with HostileAgent(lambda *_: response("200 OK", token_body())) as other, \
            HostileAgent(lambda *_: response("307 Elsewhere", "", f"Location: {other.url}/")) as agent:
        ask(program, agent, keys)
        return not other.received()


def refuses_line_breaks(program, keys):
    """The token has a line break, which would add a header field to each request with it."""
    body = token_body("eyJ0\r\nX-Field: 1")
    with HostileAgent(behind_challenge(keys, lambda *_: response("200 OK", body))) as agent:
        return ask(program, agent, keys).code != 0


def refuses_ended_tokens(program, keys):
    body = token_body(life=-60)
    with HostileAgent(behind_challenge(keys, lambda *_: response("200 OK", body))) as agent:
        return ask(program, agent, keys).code != 0


def asks_again_when_busy(program, keys):
    """The agent has just started: it answers 503 twice, with a Retry-After of one second."""
    give_token = behind_challenge(keys, lambda *_: response("200 OK", token_body()))

    def answer(request, count):
        if count < 2:
            return response("503 Service Unavailable", "", "Retry-After: 1")
        return give_token(request, count)

    with HostileAgent(answer) as agent:
        run = ask(program, agent, keys)
        return run.code == 0 and run.output == "eyJ0.eyJh.c2ln\n"


def ends_in_time(program, keys):
    """The agent sends one byte per second."""
    def answer(*_):
        for byte in response("200 OK", "x" * 1000):
            yield byte
            time.sleep(1)

    with HostileAgent(answer) as agent:
        return ask(program, agent, keys).code is not None


CHECKS = {
    "opens no file outside of the key directory": opens_key_directory_only,
    "follows no link to another file": follows_no_link,
    "sends nothing to the proxy of the environment": uses_no_proxy,
    "follows no redirect": follows_no_redirect,
    "refuses a token with a line break": refuses_line_breaks,
    "refuses a token that has ended": refuses_ended_tokens,
    "asks a busy agent again (503, Retry-After)": asks_again_when_busy,
}
SLOW_CHECKS = {
    "ends in 45 s where a byte comes each second": ends_in_time,
}


def check(function, program):
    """Whether the program withstands the agent, with a separate key directory."""
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder).resolve() / "keys"
        keys.mkdir()
        return function(program, keys)
