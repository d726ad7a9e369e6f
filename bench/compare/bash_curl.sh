#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Prints a token for each resource: curl and jq, following the steps of Microsoft's article.
set -euo pipefail

for resource in "$@"; do
  ask=(curl --silent --get --header "Metadata: true" --data "api-version=2020-06-01"
    --data-urlencode "resource=$resource" "$IDENTITY_ENDPOINT")

  key_file=$("${ask[@]}" --dump-header - --output /dev/null |
    grep --ignore-case '^www-authenticate:' | cut --delimiter '=' --fields 2 | tr --delete '\r\n')
  key=$(cat "$key_file")
  "${ask[@]}" --fail-with-body --header "Authorization: Basic $key" |
    jq --exit-status --raw-output .access_token
done
