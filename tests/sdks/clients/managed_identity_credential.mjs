// SPDX-License-Identifier: MIT

import { ManagedIdentityCredential } from "@azure/identity";
import { answerLines, asOptions } from "./lines.mjs";

await answerLines(async (resource, identity) => {
  const credential = new ManagedIdentityCredential(asOptions(identity));
  return (await credential.getToken(`${resource}/.default`)).token;
});
