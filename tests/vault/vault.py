# SPDX-License-Identifier: MIT
"""A stand-in for Azure Key Vault, following its documentation: the REST API 7.4 for reading secrets and
certificates; and a proxy to it under its own name.

https://learn.microsoft.com/rest/api/keyvault/
"""

import base64
import json
import re
import socket
import ssl
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESOURCE = "https://vault.azure.net"
TENANT = "00000000-0000-0000-0000-000000000003"
API_VERSIONS = ("7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01")
PAGE = 25  # The maximum number of secrets on a page, also the default without maxresults.


def error(code, message, inner=None):
    """KeyVaultError."""
    words = {"code": code, "message": message}
    if inner:
        words["innererror"] = {"code": inner}
    return {"error": words}


class Answer:
    """An answer to send instead of the regular one."""

    def __init__(self, status, body=b"", fields=(), cut=False, delay=0.0):
        self.status = status  # 0: close without an answer
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.fields = tuple(fields)
        self.cut = cut  # close after half of it
        self.delay = delay  # delay before it, in seconds


class Secret:
    """One version of a secret, or of a certificate."""

    def __init__(self, name, version, value, content_type=None, enabled=True, certificate=None,
                 expires=None):  # fmt: skip
        self.name = name
        self.version = version
        self.value = value
        self.content_type = content_type
        self.enabled = enabled
        self.certificate = certificate  # DER; None: a plain secret
        self.expires = expires  # seconds since 1970
        self.created = int(time.time())

    def attributes(self):
        return {
            "enabled": self.enabled,
            **({"exp": self.expires} if self.expires else {}),
            "created": self.created,
            "updated": self.created,
            "recoveryLevel": "Recoverable+Purgeable",
            "recoverableDays": 90,
        }

    def item(self, base, version=""):
        """A SecretItem, or with a version, the members that a SecretBundle shares with it."""
        item = {"id": f"{base}/secrets/{self.name}{version and '/' + version}"}
        item["attributes"] = self.attributes()
        if self.content_type:
            item["contentType"] = self.content_type
        if self.certificate:
            item["managed"] = True
            item["kid"] = f"{base}/keys/{self.name}{version and '/' + version}"
        return item

    def bundle(self, base):
        """SecretBundle."""
        return {"value": self.value, **self.item(base, self.version), "tags": {}}

    def certificate_bundle(self, base):
        """CertificateBundle, without unused members."""
        identifier = f"{self.name}/{self.version}"
        return {
            "id": f"{base}/certificates/{identifier}",
            "kid": f"{base}/keys/{identifier}",
            "sid": f"{base}/secrets/{identifier}",
            "cer": base64.b64encode(self.certificate).decode("ascii"),
            "attributes": self.attributes(),
            "policy": {
                "id": f"{base}/certificates/{self.name}/policy",
                "secret_props": {"contentType": self.content_type},
                "key_props": {"exportable": True, "kty": "EC", "reuse_key": False},
                "issuer": {"name": "Self"},
            },
        }


class Vault:
    """Serves `secrets` on loopback, as `host`, with the PEM file `certificate`.

    requests       the requests, as (target, value of Authorization or None)
    trouble        answers to the next requests with a token, instead of the regular ones
    refused        how many valid tokens to refuse
    """

    def __init__(self, certificate, host="myvault.vault.azure.net"):
        self.host = host
        self.base = f"https://{host}"
        self.challenge = (
            f'Bearer authorization="https://login.windows.net/{TENANT}", resource="{RESOURCE}"'
        )
        self.secrets = {}  # for each name its versions, the current one last
        self.requests = []
        self.trouble = []
        self.refused = 0
        self.first_answer = None  # sent instead of the challenge
        self.next_link_base = f"{self.base}:443"  # with the port, as the service does
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a refused handshake is part of the test
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.address = self._server.server_address
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, *secrets):
        for secret in secrets:
            self.secrets.setdefault(secret.name, []).append(secret)

    def tokens(self):
        """The received values of Authorization, in order."""
        return [authorization for _, authorization in self.requests if authorization]

    def answer(self, target, authorization):
        """The regular answer: status, document, further fields."""
        self.requests.append((target, authorization))
        complaint = self._complaint_about(authorization)
        if complaint:
            if self.first_answer and not authorization:
                return self.first_answer
            return Answer(
                401, error("Unauthorized", complaint), [("WWW-Authenticate", self.challenge)]
            )
        if self.trouble:
            return self.trouble.pop(0)
        return Answer(*self._read(target))

    def _complaint_about(self, authorization):
        if not authorization:
            return "AKV10000: Request is missing a Bearer or PoP token."
        match = re.fullmatch(r"Bearer ([\w-]+)\.([\w-]+)\.([\w-]*)", authorization)
        if not match:
            return "AKV10001: Bearer token is not a JWT."
        claims = json.loads(base64.urlsafe_b64decode(match[2] + "=="))
        if claims["aud"].rstrip("/") != RESOURCE:
            return "AKV10022: Invalid audience."
        if not claims["nbf"] - 300 <= time.time() < claims["exp"]:
            return "AKV10004: Token is expired."
        if self.refused:
            self.refused -= 1
            return "AKV10012: Token was revoked."
        return None

    def _read(self, target):
        path, _, query = target.partition("?")
        parameters = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if parameters.get("api-version") not in API_VERSIONS:
            return 400, error("BadParameter", "The specified version is not recognized.")
        parts = [urllib.parse.unquote(part) for part in path.split("/")[1:] if part]
        if parts == ["secrets"]:
            return 200, self._page(parameters)
        if len(parts) in (2, 3) and parts[0] in ("secrets", "certificates"):
            return self._item(*parts)
        return 404, error("NotFound", "There is no such path.")

    def _item(self, collection, name, version=None):
        kind = collection[:-1]
        if not re.fullmatch("[0-9A-Za-z-]{1,127}", name):
            return 400, error("BadParameter", f"The request URI contains an invalid name: {name}")
        for found in reversed(self.secrets.get(name, [])):
            if version not in (None, found.version):
                continue
            if kind == "certificate" and not found.certificate:
                continue
            if not found.enabled:
                message = f"Operation get is not allowed on a disabled {kind}."
                return 403, error("Forbidden", message, f"{kind.title()}Disabled")
            if kind == "certificate":
                return 200, found.certificate_bundle(self.base)
            return 200, found.bundle(self.base)
        return 404, error(
            f"{kind.title()}NotFound",
            f"A {kind} with (name/id) {name}{'/' + version if version else ''} was not found in "
            "this key vault. If you recently deleted this secret you may be able to recover it.",
        )

    def _page(self, parameters):
        """SecretListResult."""
        size = min(int(parameters.get("maxresults", PAGE)), PAGE)
        names = sorted(self.secrets)
        begin = int(parameters.get("$skiptoken", 0))
        entries = [self.secrets[name][-1].item(self.base) for name in names[begin:][:size]]
        link = None
        if begin + size < len(names):
            link = (
                f"{self.next_link_base}/secrets?api-version={parameters['api-version']}"
                f"&$skiptoken={begin + size}&maxresults={size}"
            )
        return {"value": entries, "nextLink": link}


def _handler_of(vault):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            # Wine sends the whole URL to a proxy (RFC 9112, 3.2.2).
            target = self.path.removeprefix(f"{vault.base}:443")
            answer = vault.answer(target, self.headers.get("Authorization"))
            time.sleep(answer.delay)
            if answer.status == 0:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.fields:
                self.send_header(name, value)
            self.end_headers()
            if answer.cut:
                self.wfile.write(answer.body[: len(answer.body) // 2])
                self.close_connection = True
            else:
                self.wfile.write(answer.body)

        def log_message(self, *_):
            pass

    return Handler


class Proxy:
    """Answers only CONNECT, and connects to the vault of that name; other names are not found. `heads` has
    everything it received before a tunnel was established."""

    def __init__(self, *vaults):
        self.heads = []
        self._addresses = {f"{vault.host}:443".encode(): vault.address for vault in vaults}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = [self._listener]
        port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        for handle in self._open:
            try:
                handle.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            handle.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            if not byte:
                return
            head += byte
        self.heads.append(head)
        method, name = head.split(b" ")[:2]
        address = self._addresses.get(name)
        if method != b"CONNECT" or not address:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        server = socket.create_connection(address)
        self._open.append(server)
        # The proxy's fields must not be taken for the vault's.
        client.sendall(
            b"HTTP/1.1 200 OK\r\n"
            b'WWW-Authenticate: Bearer resource="https://proxy.example"\r\nRetry-After: 9\r\n\r\n'
        )
        threading.Thread(target=_copy, args=(client, server), daemon=True).start()
        _copy(server, client)


def _copy(source, target):
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
