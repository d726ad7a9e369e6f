# SPDX-License-Identifier: MIT
"""A token and the machine's location from Python, through the C interface, without any package.

    cmake -S ../.. -B build -DBUILD_SHARED_LIBS=ON -DARC_IDENTITY_BUILD_C=ON
    cmake --build build --target arc_identity_c
    python3 print_token.py build/c/libarc_identity_c.so https://vault.azure.net
"""

import ctypes
import sys


class Options(ctypes.Structure):
    """arc_identity_options; a member that is 0 has its default."""

    _fields_ = [
        ("size", ctypes.c_size_t),
        ("endpoint", ctypes.c_char_p),
        ("key_directory", ctypes.c_char_p),
        ("api_version", ctypes.c_char_p),
        ("attempt_timeout_ms", ctypes.c_uint32),
        ("total_timeout_ms", ctypes.c_uint32),
        ("refresh_timeout_ms", ctypes.c_uint32),
        ("max_attempts", ctypes.c_uint32),
        ("verify_agent", ctypes.c_int),
        ("agent_check", ctypes.c_int),
    ]


class Token(ctypes.Structure):
    _fields_ = [
        ("text", ctypes.c_void_p),
        ("capacity", ctypes.c_size_t),
        ("length", ctypes.c_size_t),
        ("expires_on", ctypes.c_int64),
    ]


class Text(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("capacity", ctypes.c_size_t), ("length", ctypes.c_size_t)]


class Error(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_int),
        ("http_status", ctypes.c_int),
        ("system_error", ctypes.c_int),
        ("message", ctypes.c_char * 500),
    ]


class ArcIdentity:
    """Use one per process; any thread may call it. Raises RuntimeError with the library's message."""

    def __init__(self, library):
        self._library = ctypes.CDLL(library)
        self._library.arc_identity_credential_destroy.argtypes = [ctypes.c_void_p]
        self._library.arc_identity_wipe.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        self._credential = ctypes.c_void_p()
        self._call("arc_identity_credential_create", ctypes.byref(self._credential), None)

    def close(self):
        self._library.arc_identity_credential_destroy(self._credential)

    def token(self, resource):
        """The token, and when it expires, in seconds since 1970."""
        memory = ctypes.create_string_buffer(16 * 1024)
        token = Token(ctypes.addressof(memory), len(memory), 0, 0)
        resource = resource.encode()
        self._call("arc_identity_get_token", self._credential, resource, None, ctypes.byref(token))
        try:
            return memory.value.decode(), token.expires_on
        finally:
            self._library.arc_identity_wipe(memory, len(memory))

    def metadata(self, path=None):
        """A value of the machine's metadata, such as "compute.location", or all of it as JSON."""
        memory = ctypes.create_string_buffer(64 * 1024)
        text = Text(ctypes.addressof(memory), len(memory), 0)
        options = Options(size=ctypes.sizeof(Options))
        path = path.encode() if path else None
        self._call("arc_identity_get_metadata", ctypes.byref(options), path, ctypes.byref(text))
        return memory.raw[: text.length].decode()

    def _call(self, function, *arguments):
        error = Error()
        if getattr(self._library, function)(*arguments, ctypes.byref(error)) != 0:
            raise RuntimeError(error.message.decode())


if __name__ == "__main__":
    identity = ArcIdentity(sys.argv[1])
    try:
        token, expires_on = identity.token(sys.argv[2])
        print(f"a token of {len(token)} bytes until {expires_on}, in {identity.metadata('compute.location')}")
    except RuntimeError as error:
        sys.exit(str(error))
    finally:
        identity.close()
