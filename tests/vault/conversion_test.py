# SPDX-License-Identifier: MIT
"""`certificate --format`: from each format in which a vault stores a certificate to each that a service reads."""

import base64
import re

import certificates
from case import CA, OTHER_CA, WEB, WEB_DER, WEB_PFX, VaultTest
from certificates import openssl
from vault import Secret

BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\n.*?-----END \1-----\n", re.DOTALL)


def blocks_of(pem):
    """The labels of a PEM file with nothing between its blocks, in order."""
    assert BLOCK.sub(b"", pem) == b"", pem
    return [label.decode() for label in BLOCK.findall(pem)]


def subjects_of(pem):
    """The common names of a file's certificates, in order."""
    names = []
    for match in BLOCK.finditer(pem):
        if match[1] == b"CERTIFICATE":
            text = openssl("x509", "-noout", "-subject", "-nameopt", "multiline", text=match[0])
            names.append(re.search(rb"commonName *= (.*)", text)[1].decode())
    return names


class ConversionTest(VaultTest):
    def keep(self, name, value, content_type):
        """Stores a certificate in the vault."""
        self.vault.add(Secret(name, "1" * 32, value, content_type, True, WEB_DER))

    def keep_pfx(self, name, pfx):
        self.keep(name, base64.b64encode(pfx).decode(), "application/x-pkcs12")

    def keep_pem(self, name, pem):
        self.keep(name, pem.decode(), "application/x-pem-file")

    def convert(self, name, *words):
        return self.call("certificate", name, "--output", str(self.output), *words)

    def converted(self, name, *words):
        self.assert_done(self.convert(name, *words))
        return self.output.read_bytes()


class ToPem(ConversionTest):
    def assert_pem(self, pem, subjects, key=None):
        self.assertEqual(subjects_of(pem), subjects)
        self.assertEqual(blocks_of(pem), ["CERTIFICATE"] * len(subjects) + ["PRIVATE KEY"])
        self.assertTrue(certificates.matches_its_key(pem))

    def test_pfx_without_a_chain(self):
        pem = self.converted("web-pfx", "--format", "pem")
        self.assert_pem(pem, ["www.contoso.example"])
        self.assert_private_file(self.output, pem)

    def test_pfx_with_a_chain_of_three_in_any_order(self):
        chain = certificates.Chain(CA, "chain.example")
        root, middle, leaf = CA.file.read_bytes(), chain.middle, chain.leaf
        for name, order in (("abc", (leaf, middle, root)), ("cab", (root, leaf, middle))):
            self.keep_pfx(name, certificates.pfx_of(chain.key, b"".join(order)))
            self.assert_pem(
                self.converted(name, "--format", "pem"), ["chain.example", "middle", "ca"]
            )

    def test_pem_is_put_in_order(self):
        chain = certificates.Chain(CA, "ordered.example")
        self.keep_pem("mixed", CA.file.read_bytes() + chain.key + chain.middle + chain.leaf)
        self.assert_pem(
            self.converted("mixed", "--format", "pem"), ["ordered.example", "middle", "ca"]
        )

    def test_certificates_outside_the_chain_come_last(self):
        stranger = OTHER_CA.file.read_bytes()
        self.keep_pem("more", stranger + WEB.read_bytes() + CA.file.read_bytes())
        self.assert_pem(
            self.converted("more", "--format", "pem"), ["www.contoso.example", "ca", "other-ca"]
        )

    def test_keys_of_each_kind_become_pkcs8(self):
        for kind in ("RSA:2048", "EC:P-256", "EC:P-384"):
            key, certificate = CA.issue_for_key(certificates.new_key(kind), "kind.example")
            name = kind.replace(":", "-")
            self.keep_pfx(name, certificates.pfx_of(key, certificate))
            self.assert_pem(self.converted(name, "--format", "pem"), ["kind.example"])

    def test_traditional_keys_become_pkcs8(self):
        for kind in ("RSA:2048", "EC:P-256"):
            key, certificate = CA.issue_for_key(certificates.new_key(kind), "old.example")
            old = certificates.traditional(key)
            self.assertNotIn(b"BEGIN PRIVATE KEY", old)
            self.keep_pem(f"old-{kind[:2]}", old + certificate)
            self.assert_pem(self.converted(f"old-{kind[:2]}", "--format", "pem"), ["old.example"])

    def test_pfx_bags_of_old_vaults(self):
        key, certificate = CA.issue_for_key(certificates.new_key("RSA:2048"), "legacy.example")
        pfx = certificates.pfx_of(
            *(key, certificate, "-legacy", "-provider", "legacy", "-provider", "default"),
            *("-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"),
        )
        self.keep_pfx("legacy", pfx)
        self.assert_pem(self.converted("legacy", "--format", "pem"), ["legacy.example"])

    def test_key_in_a_separate_file(self):
        key_file = self.folder / "key"
        for name in ("web-pfx", "web-pem"):
            for words in ((), ("--format", "pem")):
                pem = self.converted(name, "--key-output", str(key_file), *words)
                self.assertEqual(blocks_of(pem), ["CERTIFICATE"])
                self.assertEqual(blocks_of(key_file.read_bytes()), ["PRIVATE KEY"])
                self.assert_pem(pem + key_file.read_bytes(), ["www.contoso.example"])
                self.assert_private_file(self.output, pem)
                self.assert_private_file(key_file, key_file.read_bytes())


class ToPfx(ConversionTest):
    def test_pem_with_a_chain(self):
        chain = certificates.Chain(CA, "chain.example")
        self.keep_pem("chain", chain.key + chain.leaf + chain.middle)
        pem = certificates.key_of_pfx(self.converted("chain", "--format", "pfx"))
        self.assertEqual(sorted(subjects_of(pem)), ["chain.example", "middle"])
        self.assertTrue(certificates.matches_its_key(pem))
        self.assert_private_file(self.output, self.output.read_bytes())

    def test_pfx_is_delivered_as_it_is(self):
        self.assertEqual(
            self.converted("web-pfx", "--format", "pfx"), base64.b64decode(WEB_PFX)
        )

    def test_same_certificate_in_other_bytes_leaves_the_file_alone(self):
        self.converted("web-pem", "--format", "pfx")
        before = self.output.stat()
        self.converted("web-pem", "--format", "pfx")
        self.assertEqual(self.output.stat().st_ino, before.st_ino)
        self.assertEqual(self.output.stat().st_mtime_ns, before.st_mtime_ns)
        self.keep_pem("web-pem", CA.issue("renewed.example").read_bytes())
        self.converted("web-pem", "--format", "pfx")
        self.assertNotEqual(self.output.stat().st_ino, before.st_ino)


class Damaged(ConversionTest):
    def assert_refused(self, name, *words):
        for format in ("pem", "pfx"):
            self.assert_fails(self.convert(name, "--format", format), *words)

    def test_pfx_with_a_bit_changed_or_cut_off(self):
        whole = base64.b64decode(WEB_PFX)
        for i in (0, 30, len(whole) // 2, len(whole) - 8):
            self.keep_pfx("bit", whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
            self.assert_refused("bit", "the vault's PFX")
        self.keep_pfx("cut", whole[: len(whole) // 2])
        self.assert_refused("cut", "the vault's PFX is damaged")
        self.keep_pfx("longer", whole + b"x")
        self.assert_refused("longer", "the vault's PFX is damaged")

    def test_pfx_that_needs_too_much_computation(self):
        pfx = openssl("pkcs12", "-export", "-in", WEB, "-passout", "pass:", "-iter", "65537")
        longest = pfx.replace(b"\x02\x03\x01\x00\x01", b"\x02\x03\x7f\xff\xff")
        self.assertNotEqual(longest, pfx)
        self.keep_pfx("longest", longest)
        words = ("certificate", "longest", "--output", str(self.output), "--format", "pem")
        run = self.call_within_a_second(*words)
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"needs too much computation", run.stderr)
        self.assertFalse(self.output.exists())

    def test_pfx_with_a_password(self):
        pfx = certificates.openssl("pkcs12", "-export", "-in", WEB, "-passout", "pass:secret")
        self.keep_pfx("locked", pfx)
        self.assert_refused("locked", "the vault's PFX has a password")

    def test_pfx_without_a_key(self):
        pfx = certificates.openssl("pkcs12", "-export", "-nokeys", "-in", WEB, "-passout", "pass:")
        self.keep_pfx("no-key-pfx", pfx)
        self.assert_refused("no-key-pfx", "no private key")

    def test_key_of_another_certificate(self):
        other = CA.issue("other.example").read_bytes()
        key = BLOCK.search(other)[0]
        certificate = openssl("x509", "-in", WEB)
        self.keep_pem("strange-key", key + certificate)
        self.assert_refused("strange-key", "private key matches none of the certificates")

    def test_pem_without_a_certificate(self):
        self.keep_pem("key-alone", certificates.new_key("EC:P-256"))
        self.assert_refused("key-alone", "no certificate")

    def test_pem_that_is_cut_off(self):
        pem = WEB.read_bytes()
        self.keep_pem("cut-pem", pem[:-60])
        self.assert_refused("cut-pem", "the vault's PEM")

    def test_encrypted_key(self):
        key = certificates.openssl(
            *("pkey", "-aes128", "-passout", "pass:secret"), text=certificates.new_key("EC:P-256")
        )
        self.keep_pem("locked-pem", key + openssl("x509", "-in", WEB))
        self.assert_refused("locked-pem", "encrypted")

    def test_key_file_needs_pem(self):
        run = self.convert("web-pem", "--format", "pfx", "--key-output", str(self.folder / "key"))
        self.assert_fails(run, "--key-output", code=2)
        for same in (str(self.output), f"{self.folder}/./{self.output.name}"):
            run = self.convert("web-pem", "--key-output", same)
            self.assert_fails(run, "--key-output", code=2)
