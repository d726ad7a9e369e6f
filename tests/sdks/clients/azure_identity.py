# SPDX-License-Identifier: MIT
"""azure_identity CREDENTIAL: gets tokens with the class of that name in azure-identity. Its input and output
are those of lines.mjs."""

import concurrent.futures
import json
import sys

import azure.identity

CREDENTIAL = getattr(azure.identity, sys.argv[1])


def token(resource, identity):
    options = dict(identity)
    if CREDENTIAL is azure.identity.DefaultAzureCredential:
        options = {f"managed_identity_{name}": value for name, value in identity.items()}
    return CREDENTIAL(**options).get_token(f"{resource}/.default").token


def answer(resource, identity, count):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        try:
            return {"tokens": list(pool.map(token, [resource] * count, [identity] * count))}
        except Exception as error:
            return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
