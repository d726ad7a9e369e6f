# SPDX-License-Identifier: MIT
"""One case of the matrix: the behaviour of agent, files and environment, and the expected
result."""

import os
import pathlib
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

import answers

NOBODY = 65534


def key_file(directory, text, name=None):
    """A valid key file, as written by the agent."""
    path = pathlib.Path(directory) / (name or f"{os.urandom(8).hex()}.key")
    path.write_bytes(text.encode("latin-1"))
    return str(path)


@dataclass
class Case:
    name: str

    # The agent's behaviour.
    first: Any = field(default_factory=answers.challenge)  # The answer to requests without a key,
    second: Any = field(default_factory=answers.token)  # and with one, or a list; its last one repeats.
    greeting: Any = field(default_factory=list)  # Steps when a connection is made.
    key: Callable = key_file  # Creates a key file with the text; returns the path that the agent names.
    opens_after: Optional[float] = 0.0  # Seconds until it listens; None: never.
    ipv6: bool = False

    # The arguments of the program. @PORT@, @DECOY@ and @DIRECTORY@ are replaced.
    arguments: tuple = ()
    environment: Optional[dict] = None  # with one, the endpoint is not given as an argument
    resource: str = "https://vault.azure.net"
    key_directory: str = "@DIRECTORY@"
    timeout: Optional[float] = 5  # --timeout; None: the program's default.
    as_nobody: bool = False
    shell: str = ""  # What follows `exec "$@"` in a shell command.

    # The expected result.
    exit: int = 1
    says: str = ""  # contained in standard error
    seconds: float = 3.5  # at most; the machine may be busy
    at_least: float = 0.0
    connections: Optional[int] = 1  # at most; None: any number
    requests: Optional[int] = None  # at most, including incomplete requests
    keys: int = 1  # at most: the number of keys sent
    expected_keys: Optional[list] = None  # the texts sent; default: those that the agent made
    token_text: Optional[str] = None  # the output; default: the agent's token and a newline
    target_has: str = ""  # contained in each request's target


def good(name, **more):
    return Case(name, exit=0, **more)


def slow(name, says, **more):
    """A case in which only the time limit ends the exchange."""
    limits = {"timeout": 1, "seconds": 3.5, "connections": None, "keys": 9}
    return Case(name, says=says, **{**limits, **more})
