# SPDX-License-Identifier: MIT
"""Wrong and unusual key files."""

import os
import pathlib
import socket
import stat

from case import Case, good, key_file

IS_ROOT = os.geteuid() == 0
CONTROL_BYTE = "contains a control character"


def with_text(change):
    """A key file with the key's text modified by `change`."""
    return lambda directory, text: key_file(directory, change(text))


def path_in(directory):
    return str(pathlib.Path(directory) / f"{os.urandom(8).hex()}.key")


def fifo(directory, _):
    path = path_in(directory)
    os.mkfifo(path)
    return path


def folder(directory, _):
    path = path_in(directory)
    os.mkdir(path)
    return path


def unix_socket(directory, _):
    path = path_in(directory)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    return path


def device(major, minor, kind=stat.S_IFCHR):
    def make(directory, _):
        path = path_in(directory)
        os.mknod(path, kind | 0o600, os.makedev(major, minor))
        return path

    return make


def link_to(target):
    """`target(directory, text)` returns the target of the link."""

    def make(directory, text):
        path = path_in(directory)
        os.symlink(target(directory, text), path)
        return path

    return make


def outside(directory, text):
    parent = pathlib.Path(directory).parent
    return key_file(parent, text)


def sparse(size):
    def make(directory, _):
        path = path_in(directory)
        with open(path, "wb") as file:
            file.truncate(size)
        return path

    return make


def not_readable(directory, text):
    path = key_file(directory, text)
    os.chmod(path, 0)
    return path


def in_a_closed_directory(directory, text):
    path = key_file(directory, text)
    os.chmod(directory, 0o700 if IS_ROOT else 0)
    return path


def named(name):
    return lambda directory, text: key_file(directory, text, name)


# Keys that are sent: the file's contents, and what the agent must receive.
ACCEPTED = {
    "one byte": (lambda text: "k", "k"),
    "4096 bytes": (lambda text: "k" * 4096, "k" * 4096),
    "4096 bytes with CR LF": (lambda text: "k" * 4094 + "\r\n", "k" * 4094),
    "LF at the end": (lambda text: "key\n", "key"),
    "CR LF at the end, twice": (lambda text: "key\r\n\r\n", "key"),
    "spaces and tabs inside": (lambda text: "a b\tc", "a b\tc"),
    "obs-text": (lambda text: "\xe4\xff", "\xe4\xff"),
}

# Contents that are not a valid key, and the message.
REFUSED = {
    "empty": (lambda text: "", "is empty"),
    "line ends only": (lambda text: "\r\n\n", "is empty"),
    "4097 bytes": (lambda text: "k" * 4097, "longer than 4096"),
    "4096 bytes and LF": (lambda text: "k" * 4096 + "\n", "longer than 4096"),
    "1 MB": (lambda text: "k" * 2**20, "longer than 4096"),
    "NUL": (lambda text: text + "\0", CONTROL_BYTE),
    "NUL in front": (lambda text: "\0" + text, CONTROL_BYTE),
    "escape": (lambda text: "\x1b[31m" + text, CONTROL_BYTE),
    "DEL": (lambda text: text + "\x7f", CONTROL_BYTE),
    "CR inside": (lambda text: text + "\r" + text, CONTROL_BYTE),
    "LF inside": (lambda text: text + "\n" + text, CONTROL_BYTE),
    "another field": (lambda text: text + "\r\nX-Evil: 1", CONTROL_BYTE),
    "another request": (lambda text: text + "\r\n\r\nGET / HTTP/1.1\r\n\r\n", CONTROL_BYTE),
}

# Other kinds of files, and the message.
NO_FILES = {
    "missing": (lambda directory, _: path_in(directory), "does not exist"),
    "a FIFO": (fifo, "not a regular file"),
    "a directory": (folder, "not a regular file"),
    "a socket": (unix_socket, "not a regular file"),
    "a link out of the directory": (link_to(outside), "symbolic link"),
    "a link inside the directory": (link_to(key_file), "symbolic link"),
    "a link to nowhere": (link_to(lambda directory, _: directory + "/none"), "symbolic link"),
    "a link to itself": (link_to(lambda directory, _: directory), "symbolic link"),
    "a link to a FIFO": (link_to(fifo), "symbolic link"),
    "a link to /dev/zero": (link_to(lambda *_: "/dev/zero"), "symbolic link"),
    "a link to /proc/self/environ": (link_to(lambda *_: "/proc/self/environ"), "symbolic link"),
    "1 GiB, sparse": (sparse(2**30), "longer than 4096"),
    "8 TiB, sparse": (sparse(2**43), "longer than 4096"),
    "a name of 300 bytes": (lambda directory, _: directory + "/" + "n" * 296 + ".key", "read"),
    "a path of 5000 bytes": (lambda directory, _: directory + "/" + "n" * 5000 + ".key", "read"),
}

DEVICES = {
    "/dev/null": device(1, 3),
    "/dev/zero": device(1, 5),
    "/dev/full": device(1, 7),
    "/dev/random": device(1, 8),
    "/dev/tty": device(5, 0),
    "a block device": device(7, 0, stat.S_IFBLK),
}

# Names directly in the directory are valid, however unusual.
NAMES = ("..key", "...key", " .key", "a b.key", "-rf.key", "$(id).key", "%2e%2e%2f.key", "*.key")


def may_make_devices():
    """Whether this user can create device files. Root can, except in some containers."""
    path = f"/tmp/arc_identity_faults.{os.getpid()}"
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError:
        return False
    os.unlink(path)
    return True


def cases():
    for name, (change, sent) in ACCEPTED.items():
        yield good(f"key: {name}", key=with_text(change), expected_keys=[sent])
    for name, (change, says) in REFUSED.items():
        yield Case(f"key: {name}", key=with_text(change), says=says, keys=0)
    for name, (make, says) in NO_FILES.items():
        yield Case(f"key: {name}", key=make, says=says, keys=0)
    if may_make_devices():
        for name, make in DEVICES.items():
            yield Case(f"key: {name}", key=make, says="regular file", keys=0)
    for name in NAMES:
        yield good(f"key named {name!r}", key=named(name))
    yield good(
        "a key's name in UTF-8",
        key=lambda directory, text: key_file(directory, text, "\u0444.key")
        .encode()
        .decode("latin-1"),
    )

    yield Case(
        "no permission on the key", key=not_readable, as_nobody=True, exit=4, says="himds", keys=0
    )
    yield Case(
        "no permission on the key directory",
        key=in_a_closed_directory,
        as_nobody=True,
        exit=4,
        says="usermod -a -G himds",
        keys=0,
    )
    yield Case(
        "another key directory", key_directory="/nowhere", says="not directly in the key directory", keys=0
    )
    yield Case("key directory /", key_directory="/", says="no key directory", keys=0)
    yield Case("key directory //", key_directory="//", says="no key directory", keys=0)
    yield good("key directory with a slash", key_directory="@DIRECTORY@/")
    yield Case(
        "the default key directory",
        key_directory="",
        says="not directly in the key directory",
        keys=0,
    )
