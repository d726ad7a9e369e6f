# SPDX-License-Identifier: MIT
"""An agent that reports errors, is busy, restarts, or drops its connections."""

import socket

from agent import close, for_ever, hang, pause, reset
from answers import answer, challenge, steps, then, token
from case import Case, good, slow

ESCAPES = r"\u001b[2J\u001b]0;owned\u0007\r\n\u0000\u009b31m"

# Bodies of errors (HIMDS has three kinds), and the text that must be shown.
BODIES = {
    "code and description": (
        '{"error":"access_denied","error_description":"not for you%s","error_codes":[403]}',
        "access_denied: not for you",
    ),
    "error in an object": ('{"error":{"code":"Denied","message":"not for you%s"}}', "Denied: not"),
    "message": ('{"message":"not for you%s","correlationId":"1"}', "not for you"),
    "code only": ('{"error":"access_denied%s"}', "access_denied"),
    "other kinds in the members": ('{"error":[1],"error_description":{"a":"%s"}}', "HTTP"),
    "a list": ('["%s"]', "HTTP"),
    "60 KB": ('{"error":"x","error_description":"' + "not for you " * 5000 + '%s"}', "not for you"),
    "lone surrogates": ('{"error":"denied \\ud800","error_description":"%s"}', "denied"),
}
TEXTS = {
    "plain text": ("not for you", "not for you"),
    "plain text with escapes": ("not for you \x1b[31m\x1b]0;x\x07\r\n\0\x7f\x9b", "not for you"),
    "HTML": ("<html><body>not for you</body></html>", "not for you"),
    "UTF-8": ("not for you \xe2\x80\xae\xc2\x9b\xf0\x9f\x92\xa9", "not for you"),
    "broken JSON": ('{"error":"not for you', "not for you"),
    "format directives": ("%s%n%s%n not for you", "not for you"),
    "empty": ("", "HTTP"),
}
ALL_TEXTS = {name: (body.replace("%s", ESCAPES), says) for name, (body, says) in BODIES.items()}
ALL_TEXTS.update(TEXTS)

# The agent's error quotes the key that it received.
REPEATED_KEYS = {
    "as text": "wrong: Basic @KEYTEXT@",
    "in a description": '{"error":"denied","error_description":"not @KEYTEXT@ again"}',
    "as the code": '{"error":"@KEYTEXT@"}',
    "in a message": '{"error":{"code":"a","message":"@KEYTEXT@"}}',
    "in broken JSON": '{"error":"@KEYTEXT@',
}

PASSING = (408, 410, 429, 500, 502, 503, 504, 599)
LASTING = (400, 402, 403, 404, 405, 406, 409, 411, 414, 418, 431, 451)

# Values of Retry-After that are too long to wait for: reported at once.
TOO_LONG = ("86400", "99999999999999999999", "3600")
# Values without a meaning: the back-off is the usual one.
MEANINGLESS = ("", "0", "-1", "soon", "1.5", "0x10", "Thu, 32 Foo 2099 99:99:99 GMT", "1e9", "1, 2")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def busy(status, *fields, body='{"error":"busy","error_description":"later"}'):
    return answer(f"{status} Busy", body, *fields)


def cases():
    for name, (body, says) in ALL_TEXTS.items():
        yield Case(f"before the challenge: {name}", first=answer("403 No", body), says=says, keys=0)
        yield Case(f"after the key: {name}", second=answer("400 No", body), says=says)
    for name, body in REPEATED_KEYS.items():
        error = answer("403 No", body)
        yield Case(f"repeats the key: {name}", second=error, says="repeats the key")
    yield slow("repeats the key: 500", "(HTTP 500)", second=busy(500, body="@KEYTEXT@"))
    for status in LASTING:
        error = answer(f"{status} No", '{"error":"no","error_description":"the words"}')
        yield Case(f"{status} before the challenge", first=error, says=f"(HTTP {status})", keys=0)
        yield Case(f"{status} after the key", second=error, says="no: the words")
    yield Case(
        "identity_not_found",
        first=answer("404 Not Found", '{"error":"identity_not_found","error_description":"who?"}'),
        arguments=("--client-id", "x"),
        says="Assign this identity to the machine",
        keys=0,
    )

    for status in PASSING:
        yield good(f"{status} once", first=[busy(status), challenge()], connections=2)
        yield good(
            f"{status} to the key, once", second=[busy(status), token()], connections=2, keys=2
        )
    yield slow("503 always", "(HTTP 503)", first=busy(503))
    yield slow("429 always, with a pause", "(HTTP 429)", first=busy(429, "Retry-After: 1"))
    yield slow("500 to each key", "(HTTP 500)", second=busy(500))
    yield good(
        "429 with a pause of a second",
        first=[busy(429, "Retry-After: 1"), challenge()],
        connections=2,
        at_least=1.0,
    )
    for value in TOO_LONG:
        busy_for_long = busy(429, f"Retry-After: {value}")
        yield Case(f"Retry-After: {value}", first=busy_for_long, says="(HTTP 429)", keys=0)
    yield good(
        "Retry-After: a year by date, which is not read",
        first=[busy(503, "Retry-After: Mon, 06 Nov 2034 08:49:37 GMT"), challenge()],
        connections=2,
    )
    for value in MEANINGLESS:
        yield good(
            f"Retry-After: {value!r}",
            first=[busy(503, f"Retry-After: {value}"), challenge()],
            connections=2,
        )
    yield good(
        "Retry-After twice",
        first=[busy(503, "Retry-After: 0", "Retry-After: 86400"), challenge()],
        connections=2,
    )

    yield good("closed after the challenge", first=then(challenge(), close), connections=3)
    yield good(
        "closed after the challenge, late",
        first=then(challenge(), pause(0.2), close),
        connections=3,
    )
    yield good("reset after the challenge", first=then(challenge(), reset), connections=3, keys=2)
    yield good(
        "Connection: close with the challenge",
        first=then(challenge("Www-Authenticate: Basic realm=@KEY@", "Connection: close"), close),
        connections=2,
    )
    yield good(
        "says keep-alive, but closes each time",
        first=then(
            challenge("Www-Authenticate: Basic realm=@KEY@", "Connection: keep-alive"), close
        ),
        connections=3,
    )
    for name, step in (("closes", close), ("resets", reset)):
        yield good(
            f"{name} instead of a token, once",
            second=[steps(step), token()],
            connections=4,
            keys=2,
        )
        yield good(
            f"{name} instead of a challenge, once",
            first=[steps(step), challenge()],
            connections=2,
        )
    yield good(
        "closes in mid-token, once",
        second=[
            steps(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"access_token":"ey', close),
            token(),
        ],
        connections=4,
        keys=2,
    )
    yield slow("closes instead of each token", "without an answer", second=steps(close))
    yield slow("resets instead of each token", "was lost", second=steps(reset))
    yield slow("never answers the key", "did not answer in time", second=steps(hang))
    yield good(
        "takes half a second to answer, twice",
        first=lambda agent: [pause(0.5), challenge()(agent)],
        second=lambda agent: [pause(0.5), token()(agent)],
        at_least=1.0,
    )

    yield Case("no listener", opens_after=None, says="nothing is listening", timeout=1, keys=0)
    yield good("listens after a second", opens_after=1.0, at_least=1.0)
    if has_ipv6():
        for host in ("localhost", "[::1]"):
            yield good(
                f"{host}, on ::1 alone",
                ipv6=True,
                arguments=("--endpoint", f"http://{host}:@PORT@"),
            )

    # With the program's own limits: 10 s for an attempt, 30 s in total.
    own_limits = {"timeout": None, "seconds": 36, "connections": None, "keys": 20}
    late = "did not answer in time"
    yield Case("own limits: no answer", first=steps(hang), says=late, **own_limits)
    drip_for_ever = steps(b"HTTP/1.1 200 OK\r\n", for_ever(b"X", 1))
    never_ends = "did not complete its answer in time (HTTP 200)"
    yield Case("own limits: a byte a second", first=drip_for_ever, says=never_ends, **own_limits)
    yield Case("own limits: never answers the key", second=steps(hang), says=late, **own_limits)
    yield Case("own limits: 503 always", first=busy(503), says="(HTTP 503)", **own_limits)
    yield Case("own limits: resets always", first=steps(reset), says="was lost", **own_limits)
    yield Case(
        "own limits: interim responses, slowly",
        first=steps(for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", 2)),
        says="",
        **own_limits,
    )
    yield Case(
        "own limits: no listener",
        opens_after=None,
        says="nothing is listening",
        timeout=None,
        seconds=6,
        keys=0,
    )
