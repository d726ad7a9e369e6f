// SPDX-License-Identifier: MIT

import { DefaultAzureCredential } from "@azure/identity";
import { answerLines, asOptions } from "./lines.mjs";

await answerLines(async (resource, identity) => {
  const credential = new DefaultAzureCredential(asOptions(identity, "managedIdentity"));
  return (await credential.getToken(`${resource}/.default`)).token;
});
