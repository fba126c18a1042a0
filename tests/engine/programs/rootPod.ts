/** The platform, and in its cluster a workload that runs as root, and what would come after it. */
import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";

import { apiImage, regions } from "../../../index";

const [home] = regions;
if (!home) throw new Error("the platform has no region");
const provider = new Provider("cluster", { kubeconfig: home.kubeconfig });
const labels = { app: "root" };
const deployment = new Deployment(
  "root",
  {
    metadata: { name: "root", namespace: "api" },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "root", image: apiImage, securityContext: { runAsUser: 0 } }] },
      },
    },
  },
  { provider },
);
new ConfigMap(
  "after",
  { metadata: { name: "after", namespace: "api" } },
  { provider, dependsOn: deployment },
);
