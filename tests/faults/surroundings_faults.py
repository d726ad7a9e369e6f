# SPDX-License-Identifier: MIT
"""The program's surroundings: variables, arguments, standard handles, the owner of the port."""

import os

from case import Case, good

TOKEN_PATH = "/metadata/identity/oauth2/token"
NOT_LOOPBACK = "not localhost, 127.0.0.0/8 or [::1]"
BAD_BYTE = "not visible ASCII"
BAD_PORT = "port is not between 1 and 65535"
BAD_PATH = "a query, a fragment or a forbidden character"

ACCEPTED_URLS = (
    "http://localhost:@PORT@",
    "http://LocalHost:@PORT@/",
    "HTTP://127.0.0.1:@PORT@" + TOKEN_PATH,
    "http://127.0.0.1:@PORT@/",
)

# URLs that are not endpoints, and why. Those with @PORT@ would reach the agent if they were accepted.
REFUSED_URLS = {
    "http://169.254.169.254/metadata/identity/oauth2/token": NOT_LOOPBACK,
    "http://10.0.0.1:@PORT@/": NOT_LOOPBACK,
    "http://192.0.2.1:@PORT@/": NOT_LOOPBACK,
    "http://evil.example:@PORT@/": NOT_LOOPBACK,
    "http://localhost.evil.example:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.1.evil:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.1.nip.io:@PORT@/": NOT_LOOPBACK,
    "http://localhost.:@PORT@/": NOT_LOOPBACK,
    "http://localhost.localdomain:@PORT@/": NOT_LOOPBACK,
    "http://ip6-localhost:@PORT@/": NOT_LOOPBACK,
    "http://localhos:@PORT@/": NOT_LOOPBACK,
    "http://:@PORT@/": NOT_LOOPBACK,
    "http://2130706433:@PORT@/": NOT_LOOPBACK,
    "http://017700000001:@PORT@/": NOT_LOOPBACK,
    "http://0x7f000001:@PORT@/": NOT_LOOPBACK,
    "http://0x7f.0.0.1:@PORT@/": NOT_LOOPBACK,
    "http://0177.0.0.1:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.01:@PORT@/": NOT_LOOPBACK,
    "http://127.1:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.1.:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.256:@PORT@/": NOT_LOOPBACK,
    "http://127.0.0.1.1:@PORT@/": NOT_LOOPBACK,
    "http://127..0.1:@PORT@/": NOT_LOOPBACK,
    "http://0.0.0.0:@PORT@/": NOT_LOOPBACK,
    "http://0:@PORT@/": NOT_LOOPBACK,
    "http://128.0.0.1:@PORT@/": NOT_LOOPBACK,
    "http://[::]:@PORT@/": NOT_LOOPBACK,
    "http://[::ffff:127.0.0.1]:@PORT@/": NOT_LOOPBACK,
    "http://[::ffff:7f00:1]:@PORT@/": NOT_LOOPBACK,
    "http://[::127.0.0.1]:@PORT@/": NOT_LOOPBACK,
    "http://[0:0:0:0:0:0:0:1]:@PORT@/": NOT_LOOPBACK,
    "http://[::1%25lo]:@PORT@/": NOT_LOOPBACK,
    "http://[::1:@PORT@/": NOT_LOOPBACK,
    "http://::1:@PORT@/": NOT_LOOPBACK,
    "http://[fe80::1]:@PORT@/": NOT_LOOPBACK,
    "http://[localhost]:@PORT@/": NOT_LOOPBACK,
    "http://localhost%00.evil:@PORT@/": NOT_LOOPBACK,
    "http://%6cocalhost:@PORT@/": NOT_LOOPBACK,
    "http:///localhost:@PORT@/": NOT_LOOPBACK,
    "http://user@127.0.0.1:@PORT@/": "user info",
    "http://user:password@127.0.0.1:@PORT@/": "user info",
    "http://127.0.0.1:@PORT@@evil.example/": "user info",
    "http://127.0.0.1@127.0.0.1:@PORT@/": "user info",
    "https://localhost:@PORT@/": "does not begin with http://",
    "HTTPS://127.0.0.1:@PORT@/": "does not begin with http://",
    "ftp://localhost:@PORT@/": "does not begin with http://",
    "file:///etc/passwd": "does not begin with http://",
    "unix:///run/himds.sock": "does not begin with http://",
    "localhost:@PORT@": "does not begin with http://",
    "//localhost:@PORT@/": "does not begin with http://",
    "http:/localhost:@PORT@/": "does not begin with http://",
    "http:localhost:@PORT@/": "does not begin with http://",
    "http:\\\\localhost:@PORT@/": "does not begin with http://",
    "http://localhost:0/": BAD_PORT,
    "http://localhost:65536/": BAD_PORT,
    "http://localhost:99999999999999999999/": BAD_PORT,
    "http://localhost:-1/": BAD_PORT,
    "http://localhost:+80/": BAD_PORT,
    "http://localhost:0x50/": BAD_PORT,
    "http://localhost:/": BAD_PORT,
    "http://localhost::@PORT@/": BAD_PORT,
    "http://[::1]@PORT@/": BAD_PORT,
    "http://localhost:@PORT@/?api-version=evil": BAD_PATH,
    "http://localhost:@PORT@/#": BAD_PATH,
    "http://localhost:@PORT@\\@evil.example/": "",
    "http://localhost:@PORT@/\r\nX-Evil: 1": BAD_BYTE,
    "http://localhost:@PORT@/ HTTP/1.1\r\n\r\n": BAD_BYTE,
    "http://localhost:@PORT@/\n": BAD_BYTE,
    " http://localhost:@PORT@/": BAD_BYTE,
    "http://localhost:@PORT@/ ": BAD_BYTE,
    "http://local\thost:@PORT@/": BAD_BYTE,
    "http://localhost:@PORT@/\x1b[2J": BAD_BYTE,
    "http://localhost:@PORT@/\x7f": BAD_BYTE,
    "http://\u24db\u24decalhost:@PORT@/": BAD_BYTE,
    "http://127\u3002.0.0.1:@PORT@/": BAD_BYTE,
    "http://localhost:@PORT@/" + "a" * 10240: "too long",
    "http://" + "a" * 10240: "",
}

ENDPOINT = "http://127.0.0.1:@PORT@" + TOKEN_PATH
GOOD_PAIR = {"IDENTITY_ENDPOINT": ENDPOINT, "IMDS_ENDPOINT": "http://127.0.0.1:@PORT@"}
PROXY = "http://127.0.0.1:@DECOY@"

# Incomplete or conflicting variables, and the message.
REFUSED_PAIRS = {
    "IDENTITY_ENDPOINT alone": ({"IDENTITY_ENDPOINT": ENDPOINT}, "IMDS_ENDPOINT is not"),
    "IMDS_ENDPOINT alone": ({"IMDS_ENDPOINT": ENDPOINT}, "IDENTITY_ENDPOINT is not"),
    "IMDS_ENDPOINT empty": ({**GOOD_PAIR, "IMDS_ENDPOINT": ""}, "IMDS_ENDPOINT is not"),
    "IMDS_ENDPOINT of an Azure VM": (
        {**GOOD_PAIR, "IMDS_ENDPOINT": "http://169.254.169.254"},
        NOT_LOOPBACK,
    ),
    "App Service": ({**GOOD_PAIR, "IDENTITY_HEADER": "secret"}, "App Service"),
    "App Service without IMDS_ENDPOINT": (
        {"IDENTITY_ENDPOINT": ENDPOINT, "IDENTITY_HEADER": "secret"},
        "App Service",
    ),
}

# Variables of other programs, which change nothing here.
IGNORED = {
    "http_proxy": PROXY,
    "HTTP_PROXY": PROXY,
    "https_proxy": PROXY,
    "all_proxy": PROXY,
    "ALL_PROXY": PROXY,
    "no_proxy": "",
    "MSI_ENDPOINT": PROXY,
    "MSI_SECRET": "secret",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST": PROXY,
    "AZURE_AUTHORITY_HOST": PROXY,
    "IDENTITY_SERVER_THUMBPRINT": "0",
    "LOCALDOMAIN": "evil.example",
    "HOSTALIASES": "/nowhere",
    "RES_OPTIONS": "debug",
    "LC_ALL": "tr_TR.UTF-8",
    "POSIXLY_CORRECT": "1",
}

# Resources are percent-encoded or wrong usage: they cannot add to the request.
RESOURCES = {
    "a&client_id=evil": "resource=a%26client_id%3Devil",
    "a#b?c=d": "resource=a%23b%3Fc%3Dd",
    "a%0d%0aX-Evil:1": "resource=a%250d%250aX-Evil%3A1",
    "https://vault.azure.net/.default": "resource=https%3A%2F%2Fvault.azure.net",
}
WRONG_RESOURCES = ("a b", "a\r\nX-Evil: 1", "a\tb", "\x1b[2J", "\u00e4")


def cases():
    for url in ACCEPTED_URLS:
        yield good(f"endpoint: {url}", environment={**GOOD_PAIR, "IDENTITY_ENDPOINT": url})
    for url, says in REFUSED_URLS.items():
        name = repr(url)[1:70]
        more = {"exit": 2, "says": says, "connections": 0, "keys": 0}
        yield Case(
            f"IDENTITY_ENDPOINT: {name}",
            environment={**GOOD_PAIR, "IDENTITY_ENDPOINT": url},
            **more,
        )
        if says != "too long":  # an argument may have any length that fits the request
            yield Case(f"--endpoint: {name}", arguments=("--endpoint", url), **more)
    for name, (environment, says) in REFUSED_PAIRS.items():
        code = 3 if says == "App Service" else 2
        yield Case(name, exit=code, environment=environment, says=says, connections=0, keys=0)
    yield good("proxies and other people's variables", environment={**GOOD_PAIR, **IGNORED})
    if not os.path.exists("/opt/azcmagent/bin/himds"):
        none = {"exit": 3, "says": "azcmagent.conf", "connections": 0, "keys": 0}
        yield Case("no variables", environment={}, **none)
        empty = {"IDENTITY_ENDPOINT": "", "IMDS_ENDPOINT": ""}
        yield Case("empty variables", environment=empty, **none)
    yield good(
        "an encoded line end in the path",
        arguments=("--endpoint", "http://127.0.0.1:@PORT@/a%0d%0ab"),
        target_has="/a%0d%0ab?api-version=",
    )

    for resource, encoded in RESOURCES.items():
        yield good(f"resource {resource!r}", resource=resource, target_has=encoded)
    for resource in WRONG_RESOURCES:
        yield Case(f"resource {resource!r}", resource=resource, exit=2, connections=0, keys=0)
    yield Case(
        "client id with a line end",
        arguments=("--client-id", "a\r\nX-Evil: 1"),
        exit=2,
        connections=0,
        keys=0,
    )
    yield Case("resource of 100 KB", resource="a" * 100_000, says="", connections=0, keys=0)

    yield Case("standard output full", shell=">/dev/full", says="cannot write the token")
    yield Case("standard output closed", shell=">&-", says="cannot write the token")
    yield good("standard input closed", shell="<&-")
    yield good("standard error closed", shell="2>&-")
    yield good("standard error closed, verbose", shell="2>&-", arguments=("--verbose",))
    yield good("input and error closed, verbose", shell="<&- 2>&-", arguments=("--verbose",))
    yield good("standard error full, verbose", shell="2>/dev/full", arguments=("--verbose",))

    verified = ("--verify-agent",)
    if os.geteuid() == 0:
        yield good("verify: root's listener", arguments=verified)
    yield Case(
        "verify: no listener",
        arguments=verified,
        opens_after=None,
        timeout=1,
        says="nothing is listening",
        keys=0,
    )

