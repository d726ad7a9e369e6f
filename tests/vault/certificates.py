# SPDX-License-Identifier: MIT
"""Keys and certificates for the tests, created with openssl and valid for some days."""

import base64
import pathlib
import subprocess
import tempfile

DAYS = "3"


def openssl(*words, text=None):
    return subprocess.run(
        ["openssl", *words], input=text, check=True, capture_output=True
    ).stdout


class Authority:
    """A new CA, in a folder, with a key of that kind. `file` is its certificate."""

    def __init__(self, folder, name, kind="EC:P-256"):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        self.file = self.folder / "ca.pem"
        self.key = self.folder / "ca.key"
        self.key.write_bytes(new_key(kind))
        openssl(
            *("req", "-x509", "-key", self.key, "-out", self.file, "-days", DAYS),
            *("-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE"),
        )

    def issue(self, host, expired=False):
        """A certificate for the host: a PEM file with its key, unencrypted, and the certificate."""
        key = self.folder / f"{host}{'-expired' * expired}.key"
        request = key.with_suffix(".csr")
        openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={host}", "-keyout", key, "-out", request),
        )
        certificate = self._sign(request, host, expired)
        file = key.with_suffix(".pem")
        file.write_bytes(key.read_bytes() + certificate)
        return file

    def issue_for_key(self, key, host):
        """A certificate for an existing key; returns the key and the certificate as PEM."""
        request = self.folder / "request"
        key_file = self.folder / "key"
        key_file.write_bytes(key)
        request.write_bytes(openssl("req", "-new", "-subj", f"/CN={host}", "-key", key_file))
        return key, self._sign(request, host, False)

    def _sign(self, request, host, expired, more=""):
        extensions = self.folder / "extensions"
        extensions.write_text(f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n{more}")
        if not expired:
            return openssl(
                *("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key),
                *("-CAcreateserial", "-days", DAYS, "-extfile", extensions),
            )
        database = self.folder / "database"
        database.write_text("")
        config = self.folder / "config"
        config.write_text(
            f"[ca]\ndefault_ca=it\n[it]\ndatabase={database}\nnew_certs_dir={self.folder}\n"
            "rand_serial=yes\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n"
        )
        return openssl(
            *("ca", "-batch", "-notext", "-config", config, "-in", request),
            *("-cert", self.file, "-keyfile", self.key, "-extfile", extensions),
            *("-startdate", "20200101000000Z", "-enddate", "20200201000000Z"),
        )


class Chain:
    """A certificate below one that `authority` signed: `key`, `leaf` and `middle` as PEM."""

    def __init__(self, authority, host, kind="EC:P-256"):
        middle = Authority(tempfile.mkdtemp(dir=authority.folder), "middle", kind)
        request = middle.folder / "request"
        request.write_bytes(openssl("req", "-new", "-subj", "/CN=middle", "-key", middle.key))
        more = "basicConstraints=critical,CA:TRUE\n"
        self.middle = authority._sign(request, "middle", False, more)
        middle.file.write_bytes(self.middle)
        self.key, self.leaf = middle.issue_for_key(new_key(kind), host)


def new_key(kind):
    """RSA:BITS or EC:CURVE, as PKCS #8 in PEM."""
    algorithm, parameter = kind.split(":")
    option = "rsa_keygen_bits" if algorithm == "RSA" else "ec_paramgen_curve"
    return openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", f"{option}:{parameter}")


def traditional(key):
    """The key as PKCS #1 or SEC 1."""
    return openssl("pkey", "-traditional", text=key)


def pfx_of(key, certificates, *words):
    """The key and the certificates, in this order, as PKCS #12 without a password."""
    return openssl("pkcs12", "-export", "-passout", "pass:", *words, text=key + certificates)


def as_pfx(pem_file):
    """Key and certificate as PKCS #12 without a password, in base64, as a vault returns it."""
    pfx = openssl("pkcs12", "-export", "-in", pem_file, "-passout", "pass:")
    return base64.b64encode(pfx).decode("ascii")


def key_of_pfx(pfx):
    """The key and the certificate as PEM."""
    return openssl("pkcs12", "-nodes", "-passin", "pass:", text=pfx)


def matches_its_key(pem):
    """Whether the key in the text belongs to the first certificate in it."""
    of_key = openssl("pkey", "-pubout", text=pem)
    of_certificate = openssl("x509", "-noout", "-pubkey", text=pem)
    return of_key == of_certificate
