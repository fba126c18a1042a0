import * as fc from "fast-check";

import { PROFILES } from "../../config/profiles";
import { planAvailability } from "../../components/workloads/availability";
import { FRONT_DOOR_ID, ofType, type RegisteredResource, runProgram, theOnly } from "../support/pulumi";

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
});

const SERVICE = "kubernetes:core/v1:Service";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
/** Prefix of cloud-provider-azure's annotations. */
const AZURE = "service.beta.kubernetes.io/azure-";

interface Deployment {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy: { readonly rollingUpdate: object };
    readonly template: {
      readonly metadata: object;
      readonly spec: { readonly containers: readonly object[] } & Record<string, unknown>;
    };
  };
}

/** Inputs of the home region's resource of that kind. */
function homeOf(resources: RegisteredResource[], type: string, suffix = ""): Record<string, unknown> {
  const found = ofType(resources, type).find(
    ({ name }) => name.startsWith("westus2-") && name.endsWith(suffix),
  );
  if (!found) throw new Error(`The program registered no ${type} of westus2 that ends in ${suffix}`);
  return found.inputs;
}

const deploymentOf = (resources: RegisteredResource[]) =>
  homeOf(resources, "kubernetes:apps/v1:Deployment") as unknown as Deployment;

describe("availability holds together for every number of replicas", () => {
  const settings = fc
    .record({
      replicas: fc.integer({ min: 2, max: 100 }),
      min: fc.integer({ min: 2, max: 50 }),
      more: fc.nat(50),
      fixed: fc.boolean(),
    })
    .map(({ replicas, min, more, fixed }) => ({
      ...PROFILES.enterprise.api,
      replicas,
      autoscaling: fixed
        ? null
        : { minReplicas: min, maxReplicas: min + more, cpuPercent: 70, memoryPercent: 80 },
    }));

  test("one pod may always go, and at least one serves meanwhile", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const { disruptionBudget, rollingUpdate, replicas, autoscaling } = planAvailability(api);
        const fewest = replicas ?? autoscaling?.minReplicas ?? 0;
        expect(disruptionBudget.maxUnavailable).toBeGreaterThanOrEqual(1);
        expect(fewest - disruptionBudget.maxUnavailable).toBeGreaterThanOrEqual(1);
        expect(rollingUpdate.maxUnavailable).toBe(0);
        expect(rollingUpdate.maxSurge).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("replicas and autoscaler never both own the number of pods", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const { replicas, autoscaling } = planAvailability(api);
        expect([replicas, autoscaling].filter((owner) => owner !== undefined)).toHaveLength(1);
      }),
    );
  });

  test("Kubernetes waits longer than the service takes to drain, and a rollout fits the quota", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const plan = planAvailability(api);
        const needed = plan.preStopSeconds + plan.shutdown.timeoutSeconds;
        expect(plan.terminationGracePeriodSeconds).toBeGreaterThan(needed);
        expect(plan.shutdown.delaySeconds).toBeGreaterThanOrEqual(plan.readinessPeriodSeconds);
        const most = api.autoscaling?.maxReplicas ?? api.replicas;
        expect(plan.maxPods).toBeGreaterThanOrEqual(2 * most + plan.rollingUpdate.maxSurge);
      }),
    );
  });
});

describe("the API's objects", () => {
  test("the pod is hardened, bounded and probed", () => {
    const { spec } = deploymentOf(dev).spec.template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        supplementalGroups: [1000],
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          image: expect.stringMatching(
            /^akspdemodevacr\w{6}\.azurecr\.io\/api:[0-9a-f]{40}@sha256:[0-9a-f]{64}$/,
          ) as string,
          resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { cpu: "500m", memory: "192Mi" } },
          ports: [
            { name: "http", containerPort: 8080 },
            { name: "health", containerPort: 8081 },
          ],
          startupProbe: { httpGet: { path: "/healthz", port: "health" } },
          readinessProbe: {
            httpGet: { path: "/readyz", port: "health" },
            initialDelaySeconds: 5,
            periodSeconds: 10,
          },
          livenessProbe: {
            httpGet: { path: "/healthz", port: "health" },
            initialDelaySeconds: 15,
            periodSeconds: 20,
          },
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
    expect(deploymentOf(dev).spec.template.metadata).toMatchObject({
      labels: { "azure.workload.identity/use": "true" },
    });
  });

  test("dev has two replicas and a VPA that recommends; prod leaves the number to its HPA", () => {
    expect(deploymentOf(dev).spec.replicas).toBe(2);
    expect(theOnly(dev, "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler").inputs).toMatchObject({
      spec: { updatePolicy: { updateMode: "Off" } },
    });
    expect(deploymentOf(prod).spec).not.toHaveProperty("replicas");
    expect(homeOf(prod, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")).toMatchObject({
      spec: {
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { resource: { name: "cpu", target: { averageUtilization: 70 } } },
          { resource: { name: "memory", target: { averageUtilization: 80 } } },
        ],
      },
    });
  });

  test("a rollout adds one pod before it takes one away", () => {
    expect(deploymentOf(prod).spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test("the Service maps 80 to 8080", () => {
    expect(theOnly(dev, SERVICE).inputs).toMatchObject({
      spec: { type: "LoadBalancer", ports: [{ port: 80, targetPort: 8080 }] },
    });
  });

  test("the Service takes the address that the region has for it, and nodes are asked for a ready pod", () => {
    expect(theOnly(dev, SERVICE).inputs).toMatchObject({
      metadata: {
        annotations: {
          [`${AZURE}load-balancer-health-probe-request-path`]: "/readyz",
          [`${AZURE}pip-name`]: expect.stringContaining("entrance-ip") as string,
          [`${AZURE}load-balancer-resource-group`]: expect.any(String) as string,
        },
      },
    });
  });

  test("behind a gateway, the Service has an address in the nodes' subnet", () => {
    expect(homeOf(prod, SERVICE)).toMatchObject({
      metadata: {
        annotations: {
          [`${AZURE}load-balancer-internal`]: "true",
          [`${AZURE}load-balancer-ipv4`]: "10.16.79.250",
          [`${AZURE}load-balancer-internal-subnet`]: expect.stringContaining("nodes") as string,
        },
      },
      spec: { type: "LoadBalancer" },
    });
  });

  test("the API knows its region and its data services, in an order of their own", () => {
    const [container] = deploymentOf(prod).spec.template.spec.containers as { env: { name: string }[] }[];
    const names = container?.env.map(({ name }) => name) ?? [];
    const added = names.slice(names.indexOf("SHUTDOWN_TIMEOUT_SECONDS") + 1);
    expect(container?.env).toContainEqual({ name: "REGION", value: "westus2" });
    expect(added).toEqual(expect.arrayContaining(["PGHOST", "REDIS_HOST", "REGION"]));
    expect(added).toEqual(added.toSorted());
  });

  test("the API checks who sends only where nothing in front of it does", async () => {
    const behind = await runProgram("dev", { edge: { global: "frontDoor" } });
    const envOf = (resources: RegisteredResource[]) =>
      deploymentOf(resources).spec.template.spec.containers[0];
    const checks = { name: "FRONT_DOOR_ID", value: FRONT_DOOR_ID };
    expect(envOf(behind)).toMatchObject({ env: expect.arrayContaining([checks]) as unknown });
    expect(envOf(prod)).not.toMatchObject({ env: expect.arrayContaining([checks]) as unknown });
    expect(theOnly(behind, SERVICE).inputs).toMatchObject({
      metadata: { annotations: { [`${AZURE}allowed-service-tags`]: "AzureFrontDoor.Backend" } },
    });
  });

  test("private data services are reached at their endpoints alone", () => {
    const { egress } = homeOf(prod, NETWORK_POLICY, "-flows")["spec"] as { egress: object[] };
    expect(egress).toHaveLength(3);
    expect(egress[2]).toMatchObject({
      to: [{ ipBlock: { cidr: "10.16.81.0/24" } }],
      ports: expect.arrayContaining([{ protocol: "TCP", port: 5432 }]) as unknown,
    });
  });

  test("the namespace starts closed", () => {
    expect(theOnly(dev, "kubernetes:core/v1:Namespace").inputs).toMatchObject({
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    expect(homeOf(dev, NETWORK_POLICY, "-default-deny")["spec"]).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("the API's flows leave out the node's metadata service", () => {
    expect(homeOf(dev, NETWORK_POLICY, "-flows")["spec"]).toMatchObject({
      ingress: [{ ports: [{ port: 8080 }] }],
      egress: [
        { ports: [{ port: 53 }, { port: 53 }] },
        { to: [{ ipBlock: { except: ["169.254.169.254/32"] } }] },
      ],
    });
  });
});
