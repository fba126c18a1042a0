import { PolicyAssignments } from "../../../components/security/policyAssignments";
import {
  type BaselinePolicy,
  clusterBaseline,
  REGISTRY_BASELINE,
} from "../../../components/security/policyBaseline";
import { ofType } from "../../support/pulumi";
import { render, serviceArgs } from "./dataFixture";

const ASSIGNMENT = "azure-native:authorization:PolicyAssignment";
const api = {
  resources: { cpuRequestMillicores: 50, cpuLimitMillicores: 500, memoryRequestMib: 64, memoryLimitMib: 256 },
};
const loginServer = "oapshop.azurecr.io";

function baseline(regional: "loadBalancer" | "applicationGateway" = "applicationGateway", more: object = {}) {
  return clusterBaseline({ api, edge: { regional }, loginServer, ...more });
}

async function assign(azurePolicy: "audit" | "deny", policies: readonly BaselinePolicy[] = baseline()) {
  const { resources } = await render(() => {
    const { resourceGroup } = serviceArgs();
    return new PolicyAssignments("policies", {
      security: { azurePolicy },
      resourceGroup,
      baseline: policies,
    });
  });
  return new Map(
    ofType(resources, ASSIGNMENT).map(({ inputs }) => [
      String(inputs["policyAssignmentName"]),
      { ...inputs, parameters: inputs["parameters"] as Record<string, { value: unknown }> },
    ]),
  );
}

async function effects(azurePolicy: "audit" | "deny", policies?: readonly BaselinePolicy[]) {
  const assigned = await assign(azurePolicy, policies);
  return new Map([...assigned].map(([key, { parameters }]) => [key, parameters["effect"]?.value]));
}

test("audit refuses nothing", async () => {
  expect(new Set((await effects("audit")).values())).toEqual(new Set(["Audit"]));
});

test("deny refuses what the platform itself keeps to, and reports the rest", async () => {
  const found = await effects("deny");
  const denied = [...found].filter(([, effect]) => effect === "Deny").map(([key]) => key);
  expect(denied.sort()).toEqual([
    "allowed-images",
    "container-limits",
    "https-ingress",
    "internal-load-balancers",
    "no-default-namespace",
    "no-external-ips",
    "no-host-paths",
    "no-local-accounts",
    "pod-security-restricted",
    "read-only-root",
  ]);
  expect(found.get("entra-integration")).toBe("Audit");
  expect(await effects("deny", REGISTRY_BASELINE)).toEqual(
    new Map([
      ["no-anonymous-pull", "Deny"],
      ["no-registry-admin", "Deny"],
    ]),
  );
});

test("off assigns nothing", async () => {
  const { resources } = await render(() => {
    const { resourceGroup } = serviceArgs();
    new PolicyAssignments("policies", {
      security: { azurePolicy: "off" },
      resourceGroup,
      baseline: baseline(),
    });
  });
  expect(resources.map(({ type }) => type)).not.toContain(ASSIGNMENT);
  expect(resources.length).toBeGreaterThan(0);
});

test("an image comes from the platform's registry or from Microsoft's, and from no host that resembles them", async () => {
  const allowed = new RegExp(
    String((await assign("deny")).get("allowed-images")?.parameters["allowedContainerImagesRegex"]?.value),
  );
  expect(allowed.test("oapshop.azurecr.io/api@sha256:abc")).toBe(true);
  expect(allowed.test("mcr.microsoft.com/oss/kubernetes/pause:3.9")).toBe(true);
  for (const image of [
    "docker.io/library/nginx",
    "evil.example/oapshop.azurecr.io/api",
    "oapshopxazurecr.io/api",
    "mcr.microsoft.com.evil.example/api",
    "oapshop.azurecr.io/",
  ]) {
    expect(`${image} ${allowed.test(image)}`).toBe(`${image} false`);
  }
});

test("the API's limits are the ceiling", async () => {
  expect((await assign("deny")).get("container-limits")?.parameters).toMatchObject({
    cpuLimit: { value: "500m" },
    memoryLimit: { value: "256Mi" },
  });
});

test("no policy for pods stops what AKS, its add-ons and extensions run", async () => {
  const assigned = await assign(
    "deny",
    baseline("applicationGateway", { addonNamespaces: ["cert-manager"] }),
  );
  assigned.delete("no-local-accounts");
  const forPods = [...assigned.values()].filter(({ parameters }) => parameters["effect"]?.value === "Deny");
  expect(forPods).toHaveLength(9);
  for (const { parameters } of forPods) {
    expect(parameters["excludedNamespaces"]?.value).toEqual(
      expect.arrayContaining([
        "kube-system",
        "gatekeeper-system",
        "azure-arc",
        "flux-system",
        "dataprotection-microsoft",
        "aks-istio-system",
        "azure-alb-system",
        "cert-manager",
      ]),
    );
  }
});

test("a public load balancer is allowed where it is the region's entrance", () => {
  const keys = (regional: "loadBalancer" | "applicationGateway") => baseline(regional).map(({ key }) => key);
  expect(keys("applicationGateway").filter((key) => !keys("loadBalancer").includes(key))).toEqual([
    "internal-load-balancers",
  ]);
});

test("each row is told apart, explained, and within Azure's limits", () => {
  const rows = [...baseline(), ...REGISTRY_BASELINE];
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  expect(new Set(rows.map(({ definition }) => definition)).size).toBe(rows.length);
  for (const { key, title, definition, why } of rows) {
    expect(definition).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(key.length).toBeLessThanOrEqual(64);
    expect(title.length).toBeLessThanOrEqual(128);
    expect(why).toMatch(/^[A-Z].+\.$/);
  }
});

test("an initiative is assigned as an initiative", async () => {
  const assigned = await assign("audit");
  expect(assigned.get("pod-security-restricted")).toMatchObject({
    policyDefinitionId:
      "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00",
    enforcementMode: "Default",
  });
  expect(assigned.get("read-only-root")).toHaveProperty(
    "policyDefinitionId",
    "/providers/Microsoft.Authorization/policyDefinitions/df49d893-a74c-421d-bc95-c663042e5b80",
  );
});
