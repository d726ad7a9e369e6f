# SPDX-License-Identifier: MIT
"""Valid and invalid framing of responses (RFC 9112), for the challenge and for the token."""

from agent import close, drip, for_ever, hang, reset
from answers import END, answer, challenge, chunk, length, of_length, token
from case import Case, good, slow

CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"
KILO = b"x" * 1024


def with_field(line):
    """Adds a line to the head of the response."""
    return lambda head, body: of_length(head + line + END, body)


def with_status_line(line):
    return lambda head, body: of_length(line + END + head.split(END, 1)[1], body)


def chunked(first_line=None, field=CHUNKED, last=LAST):
    """Sends the body in one chunk; `first_line` replaces the line with its size."""

    def framing(head, body):
        size = b"%x" % len(body) if first_line is None else first_line
        return head + field + END + size + END + body + END + last

    return framing


# Valid variants of a response, which give the token.
ACCEPTED = {
    "byte by byte": lambda head, body: drip(of_length(head, body)),
    "in chunks": lambda head, body: head + CHUNKED + END + chunk(body[:9]) + chunk(body[9:]) + LAST,
    "in chunks of a byte": lambda head, body: [
        head + CHUNKED + END + b"".join(chunk(bytes([byte])) for byte in body) + LAST
    ],
    "chunk extension and trailer": lambda head, body: (
        head
        + CHUNKED
        + END
        + b'%X;a="b"\r\n%s\r\n0;c\r\nX-Trailer: d\r\n\r\n' % (len(body), body)
    ),
    "HTTP/1.0 until it closes": lambda head, body: [
        head.replace(b"HTTP/1.1", b"HTTP/1.0") + END + body,
        close,
    ],
    "HTTP/1.0 kept alive": lambda head, body: of_length(
        head.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Connection: keep-alive\r\n", body
    ),
    "no length, until it closes": lambda head, body: [head + END + body, close],
    "Connection: close": lambda head, body: [
        of_length(head + b"Connection: close\r\n", body),
        close,
    ],
    "Connection: close, and open": lambda head, body: of_length(
        head + b"Connection: Close\r\n", body
    ),
    "lines that end in LF": lambda head, body: (
        (head + length(len(body)) + END).replace(b"\r\n", b"\n") + body
    ),
    "100 Continue first": lambda head, body: (
        b"HTTP/1.1 100 Continue\r\n\r\n" + of_length(head, body)
    ),
    "103 Early Hints eight times": lambda head, body: (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 8 + of_length(head, body)
    ),
    "no reason phrase": lambda head, body: of_length(
        head.replace(b" OK", b" ").replace(b" Unauthorized", b""), body
    ),
    "names in small letters": lambda head, body: of_length(
        head.replace(b"Www-Authenticate", b"www-authenticate"), body
    ).replace(b"Content-Length", b"content-length"),
    "the same length twice": lambda head, body: of_length(head + length(len(body)), body),
    "15 KB of head": with_field(b"X-Long: " + KILO * 15),
    "95 more fields": with_field(END.join([b"X-Field: a"] * 95)),
    "obs-text in a field": with_field(b"X-Text: \xe4\xff"),
}

# Ambiguous, malformed or oversized responses, which end at once without a token and with this message.
REFUSED = {
    "not HTTP": (lambda head, body: b"SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.x status line"),
    "TLS": (lambda head, body: b"\x15\x03\x03\x00\x02\x02\x46\n" * 3, "HTTP/1.x status line"),
    "HTTP/0.9": (lambda head, body: [body + b"\n", close], "HTTP/1.x status line"),
    "HTTP/2": (with_status_line(b"HTTP/2 200 OK"), "HTTP/1.x status line"),
    "http/1.1": (with_status_line(b"http/1.1 200 OK"), "HTTP/1.x status line"),
    "status of four digits": (with_status_line(b"HTTP/1.1 2000 OK"), "HTTP/1.x status line"),
    "status 099": (with_status_line(b"HTTP/1.1 099 OK"), "no valid HTTP/1.x status"),
    "status 600": (with_status_line(b"HTTP/1.1 600 OK"), "no valid HTTP/1.x status"),
    "escape in the reason": (with_status_line(b"HTTP/1.1 200 \x1b[2J"), "HTTP/1.x status line"),
    "101 Switching Protocols": (
        with_status_line(b"HTTP/1.1 101 Switching Protocols"),
        "no valid HTTP/1.x status",
    ),
    "no colon": (with_field(b"X-Field"), "an invalid name"),
    "no name": (with_field(b": value"), "an invalid name"),
    "space before the colon": (with_field(b"X-Field : a"), "an invalid name"),
    "obs-fold": (with_field(b"X-Field: a\r\n b"), "folded"),
    "NUL in a name": (with_field(b"X-\0Field: a"), "control character"),
    "NUL in a value": (with_field(b"X-Field: a\0b"), "control character"),
    "bare CR": (with_field(b"X-Field: a\rContent-Length: 0"), "control character"),
    "escape in a value": (with_field(b"X-Field: \x1b]0;owned\x07"), "control character"),
    "101 more fields": (with_field(END.join([b"X-Field: a"] * 101)), "too many header fields"),
    "17 KB of head": (with_field(b"X-Long: " + KILO * 17), "header is too long"),
    "endless head": (
        lambda head, body: [head, for_ever(b"X-Field: " + KILO + END)],
        "header is too long",
    ),
    "endless field": (lambda head, body: [head + b"X: ", for_ever(KILO)], "header is too long"),
    "endless interim responses": (
        lambda head, body: for_ever(b"HTTP/1.1 100 Continue\r\n\r\n"),
        "too many interim responses",
    ),
    "differing lengths": (
        lambda head, body: of_length(head + length(len(body) - 1), body),
        "the response has two different Content-Lengths",
    ),
    "differing lengths in a list": (
        lambda head, body: head + b"Content-Length: %d, 1\r\n\r\n" % len(body) + body,
        "the response has two different Content-Lengths",
    ),
    "length with chunks": (
        lambda head, body: chunked()(head + length(len(body)), body),
        "chunked response has a Content-Length",
    ),
    "length overflows": (
        lambda head, body: head + b"Content-Length: 18446744073709551620\r\n\r\n" + body,
        "the response body is too long",
    ),
    "length of 10 GB": (
        lambda head, body: [head + length(10**10) + END, for_ever(KILO)],
        "body is too long",
    ),
    "body without end": (
        lambda head, body: [head + END, for_ever(KILO)],
        "does not fit in the buffer",
    ),
    "chunks without end": (
        lambda head, body: [head + CHUNKED + END, for_ever(chunk(KILO))],
        "body is too long",
    ),
    "chunk extension without end": (
        lambda head, body: [head + CHUNKED + END + b"5;a=", for_ever(KILO)],
        "header is too long",
    ),
    "chunk extensions without end": (
        lambda head, body: [head + CHUNKED + END, for_ever(b"1;" + KILO + b"\r\nx\r\n")],
        "header is too long",
    ),
    "trailers without end": (
        lambda head, body: [head + CHUNKED + END + b"0\r\n", for_ever(b"X: " + KILO + END)],
        "header is too long",
    ),
    "chunk size overflows": (chunked(b"10000000000000001"), "body is too long"),
    "chunk of 4 GB": (chunked(b"ffffffff"), "body is too long"),
    "chunk size negative": (chunked(b"-1"), "an invalid size"),
    "chunk size with 0x": (chunked(b"0x10"), "an invalid size"),
    "chunk size missing": (chunked(b""), "an invalid size"),
    "chunk size too small": (chunked(b"5"), "chunk is longer than its size"),
    "chunk lines end in LF": (
        lambda head, body: head + CHUNKED + END + b"%x\n%s\n0\n\n" % (len(body), body),
        "an invalid size",
    ),
    "chunks in HTTP/1.0": (
        lambda head, body: chunked()(head.replace(b"HTTP/1.1", b"HTTP/1.0"), body),
        "or is HTTP/1.0",
    ),
    "chunked twice": (chunked(field=CHUNKED * 2), "Transfer-Encoding is not supported"),
    "Transfer-Encoding: gzip, chunked": (
        chunked(field=b"Transfer-Encoding: gzip, chunked\r\n"),
        "Transfer-Encoding is not supported",
    ),
    "Transfer-Encoding: identity": (
        with_field(b"Transfer-Encoding: identity"),
        "Transfer-Encoding is not supported",
    ),
    "Transfer-Encoding: xchunked": (
        chunked(field=b"Transfer-Encoding: xchunked\r\n"),
        "Transfer-Encoding is not supported",
    ),
    "Transfer-Encoding empty": (with_field(b"Transfer-Encoding:"), "Transfer-Encoding is not supported"),
    "trailer with a NUL": (chunked(last=b"0\r\nX: \0\r\n\r\n"), "control character"),
    "Content-Encoding: gzip": (with_field(b"Content-Encoding: gzip"), "Content-Encoding"),
    "Content-Encoding: br": (with_field(b"Content-Encoding: br"), "Content-Encoding"),
}

# Faults in a body. A challenge does not need a body: its head is enough.
BODY_FLAWS = (
    "length overflows",
    "length of 10 GB",
    "body without end",
    "chunks without end",
    "chunk extension without end",
    "chunk extensions without end",
    "trailers without end",
    "chunk size overflows",
    "chunk of 4 GB",
    "chunk size negative",
    "chunk size with 0x",
    "chunk size missing",
    "chunk size too small",
    "chunk lines end in LF",
    "trailer with a NUL",
    "stops in the body",
    "stops before the last chunk",
    "closes in the body",
    "closes before the last chunk",
)

MALFORMED_LENGTHS = (b"+5", b"-1", b"0x10", b"5 5", b"1e3", b"", b"5,", b"\xb2", b"5;a")

# Responses that break off or never end, which are retried until the time limit.
LOST = {
    "no answer": (lambda head, body: hang, "did not answer in time"),
    "a byte a second": (
        lambda head, body: drip(of_length(head, body), 1.0),
        "did not answer in time",
    ),
    "stops in the head": (lambda head, body: [head, hang], "did not complete its answer in time"),
    "stops in the body": (
        lambda head, body: [head + length(len(body)) + END + body[:-1], hang],
        "did not complete its answer in time (HTTP 200)",
    ),
    "stops before the last chunk": (
        lambda head, body: [head + CHUNKED + END + chunk(body), hang],
        "did not complete its answer in time (HTTP 200)",
    ),
    "interim responses, slowly": (
        lambda head, body: for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.3),
        "did not answer in time",
    ),
    "closes without an answer": (lambda head, body: close, "without an answer"),
    "closes in the head": (lambda head, body: [head, close], "during its response"),
    "closes in the body": (
        lambda head, body: [head + length(len(body) + 1) + END + body, close],
        "during its response",
    ),
    "closes before the last chunk": (
        lambda head, body: [head + CHUNKED + END + chunk(body), close],
        "during its response",
    ),
    "resets": (lambda head, body: reset, "connection to the agent was lost"),
}


def both(name, framing):
    """Cases with the same framing for the challenge and for the token."""
    yield f"challenge: {name}", {"first": challenge(framing=framing), "keys": 0}
    yield f"token: {name}", {"second": token(framing=framing)}


def bad(name, framing, case, says, **more):
    """The same for invalid framing, which is reported unless it is in a challenge's body."""
    (of_challenge, first), (of_token, second) = both(name, framing)
    if name in BODY_FLAWS:
        yield good(of_challenge, **{**first, "keys": 1, "connections": 2})
    else:
        yield case(of_challenge, says=says, **{**more, **first})
    yield case(of_token, says=says, **{**more, **second})


def cases():
    for name, framing in ACCEPTED.items():
        for full_name, answers in both(name, framing):
            yield good(full_name, **{**answers, "keys": 1, "connections": 2})
    for name, (framing, says) in REFUSED.items():
        yield from bad(name, framing, Case, says)
    for value in MALFORMED_LENGTHS:
        line = b"Content-Length: " + value + END + END
        for full_name, answers in both(
            f"Content-Length: {value!r}", lambda head, body, line=line: head + line + body
        ):
            yield Case(full_name, says="Content-Length is not a number", **answers)
    for name, (framing, says) in LOST.items():
        yield from bad(name, framing, slow, says, keys=9)

    yield good("one connection for both requests", connections=1)
    yield good("200 at once, without a challenge", first=token(), keys=0)
    yield good(
        "unrequested bytes after the challenge",
        first=lambda agent: challenge()(agent) + b"HTTP/1.1 ",
        connections=2,
    )
    yield good(
        "an unrequested token after the challenge",
        first=lambda agent: [challenge()(agent) + token('{"access_token":"evil"}')(agent)],
        connections=2,
    )
    yield Case(
        "sends before it gets a request", greeting=[b"220 smtp\r\n"], says="HTTP/1.x status line", keys=0
    )
    yield slow("resets each connection at once", "", greeting=[reset])
    yield Case("204 with a challenge", first=answer("204 No Content"), says="unexpected status", keys=0)
    yield Case("304 instead of a token", second=answer("304 Not Modified"), says="(HTTP 304)")
    for status in (201, 202, 203, 206):
        almost = answer(f"{status} Almost", '{"access_token":"@TOKEN@","expires_in":1}')
        yield Case(f"{status} with a token", second=almost, says=f"(HTTP {status})")
    for status in (300, 301, 302, 303, 307, 308):
        moved = answer(f"{status} Moved", "", "Location: http://127.0.0.1:@DECOY@/")
        yield Case(f"challenge: redirect {status}", first=moved, says=f"(HTTP {status})", keys=0)
        yield Case(f"token: redirect {status}", second=moved, says=f"(HTTP {status})")
