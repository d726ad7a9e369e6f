# SPDX-License-Identifier: MIT
"""sbom_check.py FILE FOLDER VERSION: fails unless FILE is an SPDX 2.3 document, by the rules relevant to
tools/lib/sbom.py, and lists the files in FOLDER, each with its checksum."""
import hashlib
import json
import pathlib
import re
import sys

file, folder, version = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
document = json.loads(pathlib.Path(file).read_text())


def expect(holds, what):
    if not holds:
        sys.exit(f"{file}: {what}")


def expect_fields(element, *names):
    for name in names:
        expect(element.get(name), f"{name} is missing in {element.get('SPDXID', 'the document')}")


expect_fields(document, "spdxVersion", "dataLicense", "name", "documentNamespace", "creationInfo")
expect(document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0", "not SPDX 2.3")
expect(document["SPDXID"] == "SPDXRef-DOCUMENT", "the document's identifier")
expect(re.fullmatch(r"urn:[^#]+", document["documentNamespace"]), "the namespace is no URI")
expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"]), "the date")
expect(all(re.match("(Tool|Organization|Person): ", creator)
           for creator in document["creationInfo"]["creators"]), "the creators")

elements = [document, *document["packages"], *document["files"]]
identifiers = {element["SPDXID"] for element in elements}
expect(len(identifiers) == len(elements), "an identifier is given twice")
expect(all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", name) for name in identifiers), "an identifier's form")
for relation in document["relationships"]:
    expect({relation["spdxElementId"], relation["relatedSpdxElement"]} <= identifiers, "a relation to nothing")

for package in document["packages"]:
    expect_fields(package, "name", "downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText")
library = document["packages"][0]
expect(library["versionInfo"] == version, "the version")
sums = sorted(one["checksums"][0]["checksumValue"] for one in document["files"])
expect(library["packageVerificationCode"]["packageVerificationCodeValue"] ==
       hashlib.sha1("".join(sums).encode()).hexdigest(), "the verification code")

listed = {one["fileName"]: {sum["algorithm"]: sum["checksumValue"] for sum in one["checksums"]}
          for one in document["files"]}
there = {f"./{path.relative_to(folder)}": path for path in folder.rglob("*") if path.is_file()}
expect(listed.keys() == there.keys(), f"lists other files: {sorted(listed.keys() ^ there.keys())}")
for name, path in there.items():
    expect_fields(listed[name], "SHA1", "SHA256")
    for algorithm, value in listed[name].items():
        expect(hashlib.new(algorithm, path.read_bytes()).hexdigest() == value, f"{algorithm} of {name}")
print(f"{len(there)} files listed")
