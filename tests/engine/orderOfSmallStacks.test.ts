/** As order.test.ts, for what the production stack does not have: a public entrance, a gateway in the cluster, many trusts. */
import * as path from "node:path";

import { withDriver } from "../support/driver";
import { StateGraph } from "./support/stateGraph";

const TIMEOUT = 180_000;

test(
  "a public load balancer goes before its address and the cluster, and the cluster before its grant on the address",
  async () => {
    await withDriver(async (driver) => {
      const graph = await StateGraph.of(driver, "dev");
      const service = graph.before("westus2-api-service-service");
      for (const name of [
        "platform-aks",
        "network-entrance-ip",
        "identities-entrance",
        "network-nodes-subnet",
      ]) {
        expect(service).toContain(`westus2-${name}`);
      }
      const cluster = graph.before("westus2-platform-aks");
      for (const name of ["identities-entrance", "identities-nodes", "identities-kubelet-operator"]) {
        expect(cluster).toContain(`westus2-${name}`);
      }
    });
  },
  TIMEOUT,
);

test(
  "a gateway in the cluster goes before its controller, that before its trust and its roles, and all before the cluster",
  async () => {
    await withDriver(async (driver) => {
      const settings =
        "  aks-platform:edge: { regional: applicationGatewayForContainers }\n" +
        "  aks-platform:security: { allowNodeResourceGroupChanges: true }\n";
      driver.edit("Pulumi.dev.yaml", (text) => `${text.replace("westus2", "eastus")}${settings}`);
      const graph = await StateGraph.of(driver, "dev");
      const entrance = "eastus-api-entrance-gateway";
      const controller = `${entrance}-controller`;
      const roles = ["configuration", "subnet", "firewall", "nodes"].map(
        (role) => `${controller}-identity-${role}`,
      );
      const trust = `${controller}-identity-trust-kubernetes-alb-controller`;
      expect([...graph.before(`${controller}-chart`)]).toEqual(
        expect.arrayContaining([
          ...roles,
          trust,
          "eastus-platform-aks",
          "eastus-platform-admin-deployer-rbac",
        ]),
      );
      for (const object of ["gateway", "route", "firewall", "health"]) {
        expect([...graph.before(`${entrance}-routes-${object}`)]).toEqual(
          expect.arrayContaining([
            `${controller}-chart`,
            `${entrance}-association`,
            `${entrance}-security-policy`,
          ]),
        );
      }
      expect(graph.before(`${entrance}-routes-route`)).toContain(`${entrance}-routes-gateway`);
      expect(graph.before(`${entrance}-association`)).toContain(`${entrance}-frontend`);
      expect(await driver.summary("destroy")).toMatchObject({ ok: true, leftovers: [], cloudObjects: {} });
    });
  },
  TIMEOUT,
);

test(
  "many trusts of one identity are written one after the other, in Azure and in Microsoft Entra ID",
  async () => {
    await withDriver(async (driver) => {
      driver.edit(
        "index.ts",
        () => `export * from ${JSON.stringify(path.join(__dirname, "programs/trusts"))};\n`,
      );
      const trusts = await StateGraph.of(driver, "dev");
      for (const identity of ["managed", "application"]) {
        expect(trusts.before(`${identity}-trust-three`)).toContain(`${identity}-trust-two`);
        expect(trusts.before(`${identity}-trust-two`)).toContain(`${identity}-trust-one`);
      }
      expect(await driver.summary("destroy")).toMatchObject({ ok: true, leftovers: [] });
    });
  },
  TIMEOUT,
);
