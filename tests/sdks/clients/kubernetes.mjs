// SPDX-License-Identifier: MIT
//
// kubernetes PROGRAM: as kubectl runs an exec plugin, by the kubeconfig of docs/recipes.md. Prints the value of
// Authorization that a request to the cluster would have.

import { KubeConfig } from "@kubernetes/client-node";

const exec = {
  apiVersion: "client.authentication.k8s.io/v1",
  command: process.argv[2],
  args: ["token", "--resource", "6dae42f8-4368-4678-94ff-3960e28e3630", "--format", "exec-credential"],
  interactiveMode: "Never",
};
const config = new KubeConfig();
config.loadFromOptions({
  clusters: [{ name: "cluster", server: "https://localhost:1" }],
  users: [{ name: "machine", exec }],
  contexts: [{ name: "context", cluster: "cluster", user: "machine" }],
  currentContext: "context",
});
const { headers } = await config.applyToFetchOptions({ headers: {} });
console.log(headers.get("Authorization"));
