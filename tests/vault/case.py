# SPDX-License-Identifier: MIT
"""What all tests of the vault share: the programs, two authorities, and a vault, a proxy and an
agent for each test."""

import atexit
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

import certificates
from vault import Proxy, Secret, Vault

PROGRAM, LIST_SECRETS, SHORT_OF_MEMORY = map(os.path.abspath, sys.argv[1:4])
HOST = "myvault.vault.azure.net"
PASSWORD = 'p\u00e4ss "word"\\\n'

for each in (signal.SIGINT, signal.SIGHUP):  # in the background they may be ignored
    signal.signal(each, signal.SIG_DFL)

FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="arc_identity_vault."))
atexit.register(shutil.rmtree, FOLDER)
CA = certificates.Authority(FOLDER, "ca")
OTHER_CA = certificates.Authority(FOLDER, "other-ca")
HOST_FILE = CA.issue(HOST)
WEB = CA.issue("www.contoso.example")
WEB_DER = certificates.openssl("x509", "-in", WEB, "-outform", "DER")
WEB_PFX = certificates.as_pfx(WEB)


class VaultTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))
        self.output = self.folder / "output"
        self.vaults = []
        self.vault = self.start_vault(HOST_FILE)
        self.vault.add(
            Secret("db-password", "1" * 32, "an older one"),
            Secret("db-password", "2" * 32, PASSWORD),
            Secret("switched-off", "3" * 32, "x", enabled=False),
            Secret("web-pem", "4" * 32, WEB.read_text(), "application/x-pem-file", True, WEB_DER),
            Secret("web-pfx", "5" * 32, WEB_PFX, "application/x-pkcs12", True, WEB_DER),
            Secret(
                *("no-key", "6" * 32, certificates.openssl("x509", "-in", WEB).decode()),
                *("application/x-pem-file", True, WEB_DER),
            ),
        )
        self.proxy = None

    def tearDown(self):
        for vault in self.vaults:
            vault.stop()
        if self.proxy:
            self.proxy.stop()

    def start_vault(self, certificate, host=HOST):
        vault = Vault(certificate, host)
        self.vaults.append(vault)
        return vault

    def call(self, command, *words, simulate=(), environment=None, umask=0o022, program=None):
        """Runs COMMAND for the vault against a simulated agent, through a proxy."""
        words = [*words, "--vault", f"https://{self.vault.host}"]
        words = [program or PROGRAM, command, *words, "--ca-file", str(CA.file)]
        return self.run_simulated(
            [*words, "--key-directory", "{key-directory}"], simulate, environment, umask
        )

    def call_without_vault(self, command, *words):
        words = [PROGRAM, command, *words, "--ca-file", str(CA.file)]
        return self.run_simulated([*words, "--key-directory", "{key-directory}"])

    def call_within_a_second(self, *words):
        """The same with a time limit of a second, for the vault to exceed. The call is repeated if the agent
        exceeds it, on a busy machine."""
        for _ in range(20):
            run = self.call(*words, "--timeout", "1")
            if b"did not answer in time" not in run.stderr and b"himds" not in run.stderr:
                break
        return run

    def run_simulated(self, words, simulate=(), environment=None, umask=0o022):
        if self.proxy:
            self.proxy.stop()
        self.proxy = Proxy(*self.vaults)
        variables = {"https_proxy": self.proxy.url, "PATH": os.environ["PATH"]}
        for name in os.environ:  # of sanitizers and coverage
            if name.endswith(("SAN_OPTIONS", "PROFILE_FILE")):
                variables[name] = os.environ[name]
        variables.update(environment or {})
        run = subprocess.run(
            [PROGRAM, "simulate", *simulate, "--", *words],
            env=variables, stdin=subprocess.DEVNULL, capture_output=True, umask=umask, timeout=60,
        )  # fmt: skip
        self.check_nothing_leaks(run)
        return run

    def check_nothing_leaks(self, run):
        for head in self.proxy.heads:
            self.assertNotIn(b"authorization", head.lower())
            self.assertTrue(head.startswith(b"CONNECT "), head)
        output = run.stdout + run.stderr
        for vault in self.vaults:
            for token in vault.tokens():
                self.assertNotIn(token.removeprefix("Bearer ").encode(), output)
        self.assertNotIn(b"PRIVATE KEY", output)
        self.assertRegex(run.stderr, rb"\A[\n -~]*\Z")

    def assert_done(self, run):
        self.assertEqual((run.returncode, run.stderr), (0, b""))

    def assert_fails(self, run, *words, code=1):
        """Checks that the run failed with a line that contains the words, and without output."""
        self.assertEqual(run.returncode, code, run.stderr)
        for text in words:
            self.assertIn(text.encode(), run.stderr)
        self.assertEqual(run.stdout, b"")
        self.assertEqual(sorted(self.folder.iterdir()), [])

    def assert_private_file(self, path, content):
        status = os.lstat(path)
        self.assertTrue(stat.S_ISREG(status.st_mode))
        self.assertEqual(oct(stat.S_IMODE(status.st_mode)), oct(0o600))
        self.assertEqual(path.read_bytes(), content)
        self.assertEqual(list(self.folder.glob(".*")), [])
