// SPDX-License-Identifier: MIT
//
// key_vault VAULT: reads from it what tests/sdks/run has put there, and prints that as JSON.

import { DefaultAzureCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";
import { SecretClient } from "@azure/keyvault-secrets";

const vault = process.argv[2];
const credential = new DefaultAzureCredential();
const secrets = new SecretClient(vault, credential);
const certificates = new CertificateClient(vault, credential);

const names = [];
for await (const properties of secrets.listPropertiesOfSecrets()) names.push(properties.name);
const missing = await secrets.getSecret("missing").catch((error) => error.code);
console.log(
  JSON.stringify({
    secret: (await secrets.getSecret("password")).value,
    names,
    missing,
    certificate: Buffer.from((await certificates.getCertificate("web")).cer).toString("base64"),
  }),
);
