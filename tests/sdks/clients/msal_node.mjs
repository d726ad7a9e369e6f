// SPDX-License-Identifier: MIT

import { ManagedIdentityApplication } from "@azure/msal-node";
import { answerLines, asOptions } from "./lines.mjs";

await answerLines(async (resource, identity) => {
  const application = new ManagedIdentityApplication({
    managedIdentityIdParams: asOptions(identity, "userAssigned"),
  });
  return (await application.acquireToken({ resource })).accessToken;
});
