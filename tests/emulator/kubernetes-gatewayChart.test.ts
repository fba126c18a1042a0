import { ALB_CHART, GATEWAY, GatewayStage, RELEASE } from "./support/gateways";
import { failureOf } from "./support/kubernetes";
import { apps, NAMESPACE } from "./support/kubernetesObjects";
import { at } from "../../local/provider/values";

const DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

let stage: GatewayStage;

afterEach(async () => {
  await stage.cluster.stop();
});

describe("the chart of the controller", () => {
  test("can be changed, read and taken away", async () => {
    stage = await GatewayStage.start();
    const { cluster } = stage;
    const made = await stage.install({ controller: { replicaCount: 3 } });
    const updated = await cluster.update(made, { ...made.inputs, version: "1.8.9" });
    expect(at(updated.state.outputs, "status")).toMatchObject({ revision: 2, version: "1.8.9" });
    expect((await cluster.read(updated))?.inputs).toEqual(updated.inputs);
    await cluster.delete(updated);
    expect(await cluster.read(updated)).toBeUndefined();
    const left = cluster.store.list({ cloud: "kubernetes" }).map(({ type }) => type);
    expect(left).not.toContain("apps/v1/Deployment");
    expect(left).not.toContain("v1/Secret");
  });

  test("brings definitions; an object goes with its definition", async () => {
    stage = await GatewayStage.start();
    const { cluster } = stage;
    await stage.install();
    await cluster.create(NAMESPACE, "apps", apps);
    const gateway = await cluster.create(GATEWAY, "api", stage.gateway());
    expect(await cluster.read(gateway)).toBeDefined();
    const name = "gateways.gateway.networking.k8s.io";
    const state = { id: name, outputs: {} };
    await cluster.delete({ type: DEFINITION, name, inputs: {}, state });
    expect(await cluster.read(gateway)).toBeUndefined();
  });

  test("waits for a node that has room", async () => {
    stage = await GatewayStage.start();
    const failure = await failureOf(stage.install({ controller: { nodeSelector: { gpu: "true" } } }));
    expect(failure.reason).toContain("context deadline exceeded");
    expect(failure.reason).toContain("Unschedulable");
    expect(failure.partial?.id).toBe("kube-system/alb-controller");
  });

  test("reads no value of another name, and says so", async () => {
    stage = await GatewayStage.start();
    await stage.install({ podIdentity: { clientId: "x" } });
    expect(stage.cluster.warnings.join()).toContain("it reads no value albController.podIdentity.clientId");
  });

  test("has a name once", async () => {
    stage = await GatewayStage.start();
    await stage.install();
    expect((await failureOf(stage.install())).reason).toContain("cannot re-use a name that is still in use");
  });

  test("is one of those that are known", async () => {
    stage = await GatewayStage.start();
    const other = stage.cluster.create(RELEASE, "other", { chart: "argo-cd", namespace: "default" });
    const failure = await failureOf(other);
    expect(failure.code).toBe("ChartNotEmulated");
    expect(failure.reason).toContain(ALB_CHART);
  });
});
