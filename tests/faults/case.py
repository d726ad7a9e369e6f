# SPDX-License-Identifier: MIT
"""One case of the matrix: what the agent, the files and the environment do, and what must come of
it."""

import os
import pathlib
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

import answers

NOBODY = 65534


def key_file(directory, text, name=None):
    """A good key file, as the agent writes it."""
    path = pathlib.Path(directory) / (name or f"{os.urandom(8).hex()}.key")
    path.write_bytes(text.encode("latin-1"))
    return str(path)


@dataclass
class Case:
    name: str

    # What the agent does.
    first: Any = field(default_factory=answers.challenge)  # To requests without a key: an answer,
    second: Any = field(default_factory=answers.token)  # and with one; or a list, the last repeats.
    greeting: Any = field(default_factory=list)  # Steps when a connection is made.
    key: Callable = key_file  # Makes a key file with the text; gives the path that the agent names.
    opens_after: Optional[float] = 0.0  # Seconds until it listens; None: never.
    ipv6: bool = False

    # How the program is called. @PORT@, @DECOY@ and @DIRECTORY@ stand for what they name.
    arguments: tuple = ()
    environment: Optional[dict] = None  # With one, the endpoint is not given as an argument.
    resource: str = "https://vault.azure.net"
    key_directory: str = "@DIRECTORY@"
    timeout: Optional[float] = 5  # --timeout; None: the program's default.
    as_nobody: bool = False
    shell: str = ""  # The rest of a shell command: "exec "$@" " and this.

    # What must come of it.
    exit: int = 1
    says: str = ""  # Standard error must have it.
    seconds: float = 3.5  # At most; the machine may be busy.
    at_least: float = 0.0
    connections: Optional[int] = 1  # At most; None: any number.
    requests: Optional[int] = None  # At most; what is no whole request counts.
    keys: int = 1  # Sent, at most.
    expected_keys: Optional[list] = None  # The texts sent; default: those that the agent has made.
    token_text: Optional[str] = None  # What is printed; default: the agent's token and a newline.
    target_has: str = ""  # Each request's target must have it.


def good(name, **more):
    return Case(name, exit=0, **more)


def slow(name, says, **more):
    """A case in which only the clock ends the exchange."""
    limits = {"timeout": 1, "seconds": 3.5, "connections": None, "keys": 9}
    return Case(name, says=says, **{**limits, **more})
