# SPDX-License-Identifier: MIT
"""sbom.py VERSION: prints the contents and dependencies of a release as SPDX 2.3 in JSON, from the files in
git. The same files of the same commit give the same text."""
import datetime
import hashlib
import json
import pathlib
import subprocess
import sys
import uuid

AUTHORS = "The arc_identity authors"

# The dependencies of the project's parts; the library itself has none.
NEEDS = [
    ("libcurl", "curl", "OPTIONAL_DEPENDENCY_OF"),  # Key Vault
    ("simdjson", "Apache-2.0 OR MIT", "OPTIONAL_DEPENDENCY_OF"),
    ("OpenSSL", "Apache-2.0", "BUILD_DEPENDENCY_OF"),  # the program, for certificates
    ("CLI11", "BSD-3-Clause", "BUILD_DEPENDENCY_OF"),  # the program
    ("cpp-httplib", "MIT", "BUILD_DEPENDENCY_OF"),
    ("libmicrohttpd", "LGPL-2.1-or-later", "BUILD_DEPENDENCY_OF"),  # the command serve
    ("doctest", "MIT", "TEST_DEPENDENCY_OF"),
]


def git(*arguments):
    return subprocess.run(("git", *arguments), check=True, capture_output=True, text=True).stdout


def digest(algorithm, path):
    return hashlib.new(algorithm, pathlib.Path(path).read_bytes()).hexdigest()


def file_element(path):
    return {
        "SPDXID": "SPDXRef-File-" + hashlib.sha1(path.encode()).hexdigest(),
        "fileName": "./" + path,
        "checksums": [{"algorithm": name.upper(), "checksumValue": digest(name, path)}
                      for name in ("sha1", "sha256")],
        "licenseConcluded": "MIT",
        "copyrightText": f"2026 {AUTHORS}",
    }


def package(spdx_id, name, licence, **more):
    return {"SPDXID": spdx_id, "name": name, "downloadLocation": "NOASSERTION",
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION",
            **more}


def verification_code(files):
    """SPDX 2.3, 7.9: the SHA-1 of the files' sorted SHA-1s."""
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    return hashlib.sha1("".join(sums).encode()).hexdigest()


def document(version):
    files = [file_element(path) for path in git("ls-files", "-z").split("\0") if path]
    library = package("SPDXRef-arc-identity", "arc_identity", "MIT",
                      versionInfo=version,
                      supplier=f"Organization: {AUTHORS}",
                      filesAnalyzed=True,
                      packageVerificationCode={
                          "packageVerificationCodeValue": verification_code(files)},
                      licenseInfoFromFiles=["MIT"])
    needed = [package("SPDXRef-" + name, name, licence, filesAnalyzed=False)
              for name, licence, _ in NEEDS]
    committed = datetime.datetime.fromtimestamp(int(git("log", "-1", "--format=%ct")),
                                                datetime.timezone.utc)
    commit = git("rev-parse", "HEAD").strip()
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", library["SPDXID"])]
    relations += [(library["SPDXID"], "CONTAINS", file["SPDXID"]) for file in files]
    relations += [("SPDXRef-" + name, kind, library["SPDXID"]) for name, _, kind in NEEDS]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"arc_identity-{version}",
        "documentNamespace": uuid.uuid5(uuid.NAMESPACE_OID, f"arc_identity {version} {commit}").urn,
        "creationInfo": {"created": committed.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": [f"Organization: {AUTHORS}", "Tool: tools/lib/sbom.py"]},
        "packages": [library, *needed],
        "files": files,
        "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                          for one, kind, other in relations],
    }


if __name__ == "__main__":
    json.dump(document(sys.argv[1]), sys.stdout, indent=1)
    print()
