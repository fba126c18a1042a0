import { type Row, SYSTEM } from "./row";

const ADMIN = { objectId: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", principalType: "Group" };
const pool = (change: Record<string, unknown>) => ({ cluster: { nodePools: [{ ...SYSTEM, ...change }] } });

/** Names, labels and taints that Azure, Kubernetes or GitHub refuses or reserves. */
export const nameRows: Readonly<Record<string, Row>> = {
  "a word in public names that Azure reserves": {
    change: { naming: { prefix: "micro", project: "softshop" } },
    path: "naming",
    names: ["micro-softshop-dev", "contain microsoft"],
    mend: { naming: { project: "shop" } },
  },
  "a public name that begins as Azure's own do": {
    change: { naming: { prefix: "login" } },
    path: "naming",
    names: ["login-demo-dev", "begin with login"],
    mend: { naming: { prefix: "signin" } },
  },
  "a label key that Kubernetes refuses": {
    change: pool({ labels: { "example.com/": "x" } }),
    path: "cluster.nodePools[0].labels",
    names: ['key "example.com/"', "1 to 63"],
    mend: pool({ labels: { "example.com/role": "x" } }),
  },
  "a label value that Kubernetes refuses": {
    change: pool({ labels: { "example.com/role": "web server" } }),
    path: "cluster.nodePools[0].labels",
    names: ['value "web server" of example.com/role', "at most 63"],
    mend: pool({ labels: { "example.com/role": "web-server" } }),
  },
  "a taint key that Kubernetes refuses": {
    change: pool({ taints: ["-gpu=true:NoSchedule"] }),
    path: "cluster.nodePools[0].taints[0]",
    names: ['key "-gpu"', "1 to 63"],
    mend: pool({ taints: ["gpu=true:NoSchedule"] }),
  },
  "a taint value that Kubernetes refuses": {
    change: pool({ taints: ["gpu=yes please:NoSchedule"] }),
    path: "cluster.nodePools[0].taints[0]",
    names: ['value "yes please" of gpu', "at most 63"],
    mend: pool({ taints: ["gpu=yes:NoSchedule"] }),
  },
  "a preview environment that may deploy": {
    change: {
      delivery: { github: { repository: "owner/name", environments: ["dev", "dev-preview"] } },
      access: { clusterAdmins: [ADMIN] },
    },
    path: "delivery.github.environments[1]",
    names: ["dev-preview", "pull request"],
    mend: { delivery: { github: { environments: ["dev"] } } },
  },
};
