/** The platform, and in its cluster a workload whose image is a secret that a policy refuses. */
import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import { regions } from "../../../index";

const [home] = regions;
if (!home) throw new Error("the platform has no region");
const provider = new Provider("cluster", { kubeconfig: home.kubeconfig });
const labels = { app: "secret" };
new Deployment(
  "secret",
  {
    metadata: { name: "secret", namespace: "api" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "c", image: pulumi.secret("registry.example/hidden-4711:latest") }] },
      },
    },
  },
  { provider },
);
