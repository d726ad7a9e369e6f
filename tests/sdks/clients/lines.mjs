// SPDX-License-Identifier: MIT
//
// What the clients in JavaScript have in common (tests/sdks/run has the other side): a line of JSON comes,
// {"resource": ..., "identity": {"client_id": ...}, "count": ...}, and one goes, {"tokens": [...]} or
// {"error": ...}.

import { createInterface } from "node:readline";

// getToken(resource, identity) gives the text of a token.
export async function answerLines(getToken) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { resource, identity, count } = JSON.parse(line);
    let answer;
    try {
      const tokens = Array.from({ length: count }, () => getToken(resource, identity));
      answer = { tokens: await Promise.all(tokens) };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}

const names = { client_id: "ClientId", object_id: "ObjectId", resource_id: "ResourceId" };

// {client_id: "x"} is {userAssignedClientId: "x"} where the prefix is "userAssigned", else {clientId: "x"}.
export function asOptions(identity, prefix) {
  return Object.fromEntries(
    Object.entries(identity).map(([name, value]) => {
      const option = names[name];
      return [prefix ? prefix + option : option[0].toLowerCase() + option.slice(1), value];
    }),
  );
}
