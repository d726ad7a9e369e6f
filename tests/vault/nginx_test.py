# SPDX-License-Identifier: MIT
"""End to end: a certificate in the vault, a real nginx, its renewal, and the reload."""

import shutil
import socket
import ssl
import subprocess
import time

import certificates
from case import CA, VaultTest
from vault import Secret

SITE = "www.contoso.example"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Nginx(VaultTest):
    def setUp(self):
        super().setUp()
        self.socket = self.folder / "socket"
        self.config = self.folder / "nginx.conf"
        self.chain = certificates.Chain(CA, SITE)

    def keep(self, chain, content_type):
        pem = chain.key + chain.leaf + chain.middle
        value = pem.decode()
        if content_type == "application/x-pkcs12":
            file = self.folder / "chain.pem"
            file.write_bytes(pem)
            value = certificates.as_pfx(file)
        self.vault.add(Secret("web", f"{len(self.vault.secrets):032}", value, content_type))

    def deliver(self):
        self.assert_done(
            self.call(
                *("certificate", "web", "--format", "pem", "--output", str(self.folder / "web.pem")),
                *("--key-output", str(self.folder / "web.key")),
                *("--on-change", f"{self.nginx()} -s reload 2>{self.folder}/reload || [ ! -e {self.folder}/pid ]"),
            )
        )  # fmt: skip

    def nginx(self):
        return f"{NGINX} -p {self.folder} -e {self.folder}/errors -c {self.config}"

    def start_nginx(self):
        folder = self.folder
        self.config.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
            f"http {{ access_log off;\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"server {{ listen unix:{self.socket} ssl; return 200 served;\n"
            f"ssl_certificate {folder}/web.pem; ssl_certificate_key {folder}/web.key; }} }}\n"
        )
        process = subprocess.Popen(self.nginx().split())
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

    def serves(self, chain):
        """Whether a client that trusts only the authority gets this certificate."""
        context = ssl.create_default_context(cafile=CA.file)
        with socket.socket(socket.AF_UNIX) as plain:
            plain.settimeout(5)
            plain.connect(str(self.socket))
            with context.wrap_socket(plain, server_hostname=SITE) as connection:
                got = ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True))
        return got.encode() == chain.leaf

    def wait_until_served(self, chain):
        """nginx finishes reloading after the command that requests it has ended."""
        end = time.monotonic() + 20
        while True:
            try:
                if self.serves(chain):
                    return
            except (FileNotFoundError, ConnectionRefusedError):
                pass
            self.assertLess(time.monotonic(), end, (self.folder / "errors").read_text())
            time.sleep(0.05)

    def test_serves_a_renewed_certificate_in_either_format(self):
        self.config.write_text("")
        self.keep(self.chain, "application/x-pkcs12")
        self.deliver()
        self.start_nginx()
        self.wait_until_served(self.chain)
        for content_type in ("application/x-pem-file", "application/x-pkcs12"):
            renewed = certificates.Chain(CA, SITE)
            self.assertFalse(self.serves(renewed))
            self.keep(renewed, content_type)
            self.deliver()
            self.wait_until_served(renewed)
        self.assertEqual((self.folder / "reload").read_text(), "")
