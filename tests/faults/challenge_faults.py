# SPDX-License-Identifier: MIT
"""Challenges (RFC 9110, 11.6.1), the paths that they name, and whether these are valid key paths."""

from agent import close
from answers import answer, challenge, chunk, token
from case import Case, good

REALM = "Www-Authenticate: Basic realm="

# Fields of a 401 that name the key.
ACCEPTED = {
    "quoted": (REALM + '"@KEY@"',),
    "trailing white space": (REALM + "@KEY@ \t ",),
    "white space around the equals sign": ("Www-Authenticate: Basic realm = @KEY@",),
    "spelling": ("WWW-AUTHENTICATE: bAsIc ReAlM=@KEY@",),
    "another parameter first": ('Www-Authenticate: Basic charset="UTF-8", realm=@KEY@',),
    "another parameter after it": (REALM + '@KEY@, charset="UTF-8"',),
    "two fields": ('Www-Authenticate: Bearer authorization="https://a,b"', REALM + "@KEY@"),
    "two challenges in a field": (
        'Www-Authenticate: Bearer realm="x, Basic realm=y", Negotiate, Basic realm=@KEY@',
    ),
    "a token68 before it": ("Www-Authenticate: Negotiate YWJj==, Basic realm=@KEY@",),
    "the first of two": (REALM + "@KEY@", REALM + "/etc/other.key"),
}

# Fields of a 401 that are refused, and the message.
REFUSED = {
    "Bearer only": (("Www-Authenticate: Bearer realm=@KEY@",), "no Basic realm"),
    "empty": (("Www-Authenticate:",), "no Basic realm"),
    "Digest, Negotiate": (
        ("Www-Authenticate: Digest realm=@KEY@, Negotiate",),
        "no Basic realm",
    ),
    "Basic without a realm": (("Www-Authenticate: Basic",), "no Basic realm"),
    "Basic with a token68": (("Www-Authenticate: Basic YWJj",), "no Basic realm"),
    "another scheme's realm": (
        ("Www-Authenticate: Basic, Bearer realm=@KEY@",),
        "no Basic realm",
    ),
    "BasicAuth": (("Www-Authenticate: BasicAuth realm=@KEY@",), "no Basic realm"),
    "for a proxy": (("Proxy-Authenticate: Basic realm=@KEY@",), "without a challenge"),
    "two realms": ((REALM + "@KEY@, realm=@KEY@",), "two realms"),
    "no closing quote": ((REALM + '"@KEY@',), "malformed"),
    "text after the closing quote": ((REALM + '"@KEY@"x',), "malformed"),
    "quote inside": ((REALM + '@KEY@"',), "malformed"),
    "single quotes": ((REALM + "'@KEY@'",), "not directly in the key directory"),
    "realm empty": ((REALM,), "not directly in the key directory"),
    "realm quoted and empty": ((REALM + '""',), "not directly in the key directory"),
    "commas only": (("Www-Authenticate: ,,,",), "no Basic realm"),
    "equals sign only": (("Www-Authenticate: =",), "malformed"),
}

# Realms that name no key file directly in the directory, and the message.
REFUSED_PATHS = {
    "/etc/shadow": "not directly in the key directory",
    "/etc/shadow.key": "not directly in the key directory",
    "/proc/self/environ": "not directly in the key directory",
    "@DIRECTORY@": "not directly in the key directory",
    "@DIRECTORY@/": "does not end in .key",
    "@DIRECTORY@/.key": "does not end in .key",
    "@DIRECTORY@/a.KEY": "does not end in .key",
    "@DIRECTORY@/a.key.txt": "does not end in .key",
    "@DIRECTORY@/a.key/": "does not end in .key",
    "@DIRECTORY@/a.key~": "does not end in .key",
    "@DIRECTORY@/a.key;x=y": "does not end in .key",
    "@DIRECTORY@/../a.key": "not directly in the key directory",
    "@DIRECTORY@/./a.key": "not directly in the key directory",
    "@DIRECTORY@//a.key": "not directly in the key directory",
    "@DIRECTORY@/sub/a.key": "not directly in the key directory",
    "@DIRECTORY@/sub/../a.key": "not directly in the key directory",
    "@DIRECTORY@/..\\a.key": "not directly in the key directory",
    "@DIRECTORY@/a.key/b.key": "not directly in the key directory",
    "@DIRECTORY@/a\tb.key": "control character",
    "@DIRECTORY@evil/a.key": "not directly in the key directory",
    "@DIRECTORY@/../../etc/passwd": "does not end in .key",
    "/@DIRECTORY@/a.key": "not directly in the key directory",
    "file://@DIRECTORY@/a.key": "not directly in the key directory",
    "a.key": "not directly in the key directory",
    "../a.key": "not directly in the key directory",
    "~/a.key": "not directly in the key directory",
    "$HOME/a.key": "not directly in the key directory",
    "%64ir/a.key": "not directly in the key directory",
    "\\\\evil.example\\share\\a.key": "not directly in the key directory",
    "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key": "not directly in the key directory",
    "//evil.example/share/a.key": "not directly in the key directory",
    "http://evil.example/a.key": "not directly in the key directory",
    "/" * 9000 + "a.key": "not directly in the key directory",
    "\xff\xfe/a.key": "not directly in the key directory",
}


def cases():
    for name, fields in ACCEPTED.items():
        yield good(f"challenge: {name}", first=challenge(*fields))
    for name, (fields, says) in REFUSED.items():
        yield Case(f"challenge: {name}", first=challenge(*fields), says=says, keys=0)
    for path, says in REFUSED_PATHS.items():
        yield Case(f"realm: {path[:60]!r}", first=challenge(REALM + path), says=says, keys=0)

    yield Case(
        "401 without a challenge",
        first=answer("401 Unauthorized", '{"error":"x","error_description":"the agent says so"}'),
        says="the agent says so",
        keys=0,
    )
    yield Case(
        "a challenge in the trailers",
        first=answer(
            "401 Unauthorized",
            "@KEY@",
            framing=lambda head, body: (
                head
                + b"Transfer-Encoding: chunked\r\n\r\n"
                + chunk(b"{}")
                + b"0\r\nWww-Authenticate: Basic realm="
                + body
                + b"\r\n\r\n"
            ),
        ),
        says="without a challenge",
        keys=0,
    )
    yield Case(
        "a challenge with 407", first=answer("407 Proxy", "", REALM + "@KEY@"), says="407", keys=0
    )
    yield Case(
        "a challenge with 403", first=answer("403 No", "", REALM + "@KEY@"), says="403", keys=0
    )
    yield good("a challenge with 200 and a token", first=token(), keys=0)
    yield Case(
        "always another challenge",
        second=challenge(),
        says="rejected the key",
        keys=2,
        connections=2,
    )
    yield Case(
        "401 to the key, without a challenge",
        second=answer("401 Unauthorized", ""),
        says="rejected the key",
        keys=2,
        connections=2,
    )
    yield good("a stale key once", second=[challenge(), token()], keys=2, connections=2)
    yield good(
        "a stale key once, then a closed connection",
        second=[lambda agent: [challenge()(agent), close], token()],
        keys=2,
        connections=3,
    )
    yield Case(
        "the default limits: always another challenge",
        second=challenge(),
        timeout=None,
        says="rejected the key",
        keys=2,
        connections=2,
    )
