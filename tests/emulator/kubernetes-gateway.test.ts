import type { JsonObject } from "../../local/provider/backend";
import { at, each } from "../../local/provider/values";
import { GATEWAY, GatewayStage, ROUTE } from "./support/gateways";
import { failureOf, type TestResource } from "./support/kubernetes";
import { apps, DEPLOYMENT, deployment, NAMESPACE, SERVICE } from "./support/kubernetesObjects";
import { ask } from "./support/node";

let stage: GatewayStage;

afterEach(async () => {
  await stage.cluster.stop();
});

/** `<type>=<status>/<reason>` of all conditions at a path. */
function conditions(outputs: JsonObject, path: string): string[] {
  return each(outputs, `${path}[]`).map(
    (condition) => `${text(condition, "type")}=${text(condition, "status")}/${text(condition, "reason")}`,
  );
}

function text(value: Parameters<typeof at>[0], path: string): string {
  const found = at(value, path);
  return typeof found === "string" ? found : "";
}

const service = (port = 80): JsonObject => ({
  metadata: { name: "api", namespace: "apps" },
  spec: { selector: { app: "api" }, ports: [{ port, targetPort: "http" }] },
});

const route = (spec: JsonObject = {}, namespace = "apps"): JsonObject => ({
  metadata: { name: "api", namespace },
  spec: {
    parentRefs: [{ name: "api", namespace: "apps" }],
    rules: [{ backendRefs: [{ name: "api", port: 80 }] }],
    ...spec,
  },
});

async function readRoute(old: TestResource): Promise<string[]> {
  const state = await stage.cluster.read(old);
  return conditions(state?.outputs ?? {}, "status.parents[].conditions");
}

describe("an application gateway for containers", () => {
  test("answers requests for the pods behind a route", async () => {
    stage = await GatewayStage.start();
    const { cluster } = stage;
    const release = await stage.install();
    expect(release.state.id).toBe("kube-system/alb-controller");
    expect(at(release.state.outputs, "status.status")).toBe("deployed");
    await cluster.create(NAMESPACE, "apps", apps);
    const env = [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }];
    await cluster.create(DEPLOYMENT, "api", deployment("api", { container: { env } }));
    await cluster.create(SERVICE, "api", service());
    const gateway = await cluster.create(GATEWAY, "api", stage.gateway());
    expect(at(gateway.state.outputs, "status.addresses")).toEqual([{ type: "Hostname", value: stage.fqdn }]);
    expect(conditions(gateway.state.outputs, "status.conditions")).toEqual([
      "Accepted=True/Accepted",
      "Programmed=True/Programmed",
    ]);
    const made = await cluster.create(ROUTE, "api", route());
    expect(conditions(made.state.outputs, "status.parents[].conditions")).toEqual([
      "ResolvedRefs=True/ResolvedRefs",
      "Accepted=True/Accepted",
      "Programmed=True/Programmed",
    ]);
    const [live] = each((await cluster.read(gateway))?.outputs, "status.listeners[].attachedRoutes");
    expect(live).toBe(1);

    const port = await localPort();
    expect((await ask(port ?? 0)).pod).toContain("api-");
    await cluster.delete(made);
    expect(await localPort()).toBeUndefined();
  });

  test("has no objects before the chart has brought their definitions", async () => {
    stage = await GatewayStage.start();
    await stage.cluster.create(NAMESPACE, "apps", apps);
    const failure = await failureOf(stage.cluster.create(GATEWAY, "api", stage.gateway()));
    expect(failure.code).toBe("NoKindMatch");
    expect(failure.reason).toContain(
      'no matches for kind "Gateway" in version "gateway.networking.k8s.io/v1"',
    );
  });

  test.each<[missing: string, reason: string]>([
    ["federation", "AADSTS70021: no federated identity credential is configured on it"],
    ["manager", "do Microsoft.ServiceNetworking/trafficControllers/write"],
    ["contributor", "do Microsoft.Network/virtualNetworks/subnets/join/action"],
    ["association", "has no association with a subnet"],
  ])("without its %s is never programmed", async (missing, reason) => {
    stage = await GatewayStage.start(missing);
    await stage.install();
    await stage.cluster.create(NAMESPACE, "apps", apps);
    const failure = await failureOf(stage.cluster.create(GATEWAY, "api", stage.gateway()));
    expect(failure.reason).toContain("waiting for condition Programmed=True");
    expect(failure.reason).toContain(reason);
    expect(failure.partial?.id).toBe("apps/api");
  });

  test("is programmed by an update once the role is there", async () => {
    stage = await GatewayStage.start("manager");
    await stage.install();
    await stage.cluster.create(NAMESPACE, "apps", apps);
    const unwatched = stage.gateway({}, { "pulumi.com/waitFor": null });
    const made = await stage.cluster.create(GATEWAY, "api", unwatched);
    expect(conditions(made.state.outputs, "status.conditions")).toContain("Programmed=Unknown/Pending");
    await stage.grant("fbc52c3f-28ad-4303-a892-8a056630b8f1", stage.controllerId);
    const updated = await stage.cluster.update(made, stage.gateway());
    expect(conditions(updated.state.outputs, "status.conditions")).toContain("Programmed=True/Programmed");
  });

  test.each<[what: string, spec: JsonObject, annotations: JsonObject, reason: string]>([
    [
      "a frontend that is not there",
      { addresses: [{ type: "alb.networking.azure.io/alb-frontend", value: "web" }] },
      {},
      'Frontend "web" was not found',
    ],
    ["no frontend", { addresses: [] }, {}, "spec.addresses names no frontend"],
    ["a class of nobody", { gatewayClassName: "nginx" }, {}, 'no GatewayClass "nginx"'],
    ["no gateway", {}, { "alb.networking.azure.io/alb-id": "/none" }, "/none was not found"],
  ])("is not programmed for a Gateway with %s", async (_what, spec, annotations, reason) => {
    stage = await GatewayStage.start();
    await stage.install();
    await stage.cluster.create(NAMESPACE, "apps", apps);
    const made = stage.cluster.create(GATEWAY, "api", stage.gateway(spec, annotations));
    expect((await failureOf(made)).reason).toContain(reason);
  });
});

describe("routes", () => {
  beforeEach(async () => {
    stage = await GatewayStage.start();
    await stage.install();
    await stage.cluster.create(NAMESPACE, "apps", apps);
    await stage.cluster.create(NAMESPACE, "web", { metadata: { name: "web", labels: { team: "web" } } });
    await stage.cluster.create(GATEWAY, "api", stage.gateway());
  });

  test("follow the Service that they name", async () => {
    const made = await stage.cluster.create(ROUTE, "api", route());
    expect(await readRoute(made)).toContain("ResolvedRefs=False/BackendNotFound");
    await stage.cluster.create(DEPLOYMENT, "api", deployment("api"));
    const behind = await stage.cluster.create(SERVICE, "api", service());
    expect(await readRoute(made)).toContain("ResolvedRefs=True/ResolvedRefs");
    await stage.cluster.delete(behind);
    expect(await readRoute(made)).toContain("ResolvedRefs=False/BackendNotFound");
    expect(await localPort()).toBeUndefined();
  });

  test.each<[what: string, spec: JsonObject, namespace: string, condition: string]>([
    ["another Gateway", { parentRefs: [{ name: "web" }] }, "apps", "Accepted=False/NoMatchingParent"],
    [
      "a listener that is not there",
      { parentRefs: [{ name: "api", sectionName: "https" }] },
      "apps",
      "Accepted=False/NoMatchingParent",
    ],
    ["a Gateway of another namespace", {}, "web", "Accepted=False/NotAllowedByListeners"],
    [
      "a Service of another namespace",
      { rules: [{ backendRefs: [{ name: "api", namespace: "web", port: 80 }] }] },
      "apps",
      "ResolvedRefs=False/RefNotPermitted",
    ],
    [
      "what is no Service",
      { rules: [{ backendRefs: [{ kind: "ConfigMap", name: "api", port: 80 }] }] },
      "apps",
      "ResolvedRefs=False/InvalidKind",
    ],
  ])("that name %s", async (_what, spec, namespace, condition) => {
    expect(await readRoute(await stage.cluster.create(ROUTE, "api", route(spec, namespace)))).toContain(
      condition,
    );
  });

  test("reach into another namespace with its grant", async () => {
    const spec = { rules: [{ backendRefs: [{ name: "api", namespace: "web", port: 80 }] }] };
    const made = await stage.cluster.create(ROUTE, "api", route(spec));
    await stage.cluster.create("kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant", "apps", {
      metadata: { name: "apps", namespace: "web" },
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "apps" }],
        to: [{ group: "", kind: "Service" }],
      },
    });
    expect(await readRoute(made)).toContain("ResolvedRefs=False/BackendNotFound");
  });

  test.each<[what: string, type: string, object: () => JsonObject, message: string]>([
    [
      "a relative path",
      ROUTE,
      () => route({ rules: [{ matches: [{ path: { value: "api" } }] }] }),
      "absolute path",
    ],
    ["a field that is not there", ROUTE, () => route({ backends: [] }), 'unknown field "spec.backends"'],
    [
      "two listeners of one name",
      GATEWAY,
      () =>
        stage.gateway({ listeners: [80, 8080].map((port) => ({ name: "http", port, protocol: "HTTP" })) }),
      "must be unique",
    ],
    ["no listener", GATEWAY, () => stage.gateway({ listeners: [] }), "at least 1 items"],
  ])("are refused with %s", async (_what, type, object, message) => {
    await expect(stage.cluster.create(type, "bad", object())).rejects.toThrow(message);
  });
});

/** The port of this machine at which the API's pods are. */
async function localPort(): Promise<number | undefined> {
  const { services } = await stage.cluster.node.status();
  const url = services.flatMap(({ urls }) => urls)[0];
  return url === undefined ? undefined : Number(new URL(url).port);
}
