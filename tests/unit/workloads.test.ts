import { FRONT_DOOR_ID, ofType, type RegisteredResource, runProgram, theOnly } from "../support/pulumi";

let dev: RegisteredResource[];
let prod: RegisteredResource[];
beforeAll(async () => {
  dev = await runProgram("dev");
  prod = await runProgram("prod");
});

const SERVICE = "kubernetes:core/v1:Service";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
/** Prefix of cloud-provider-azure's annotations. */
const AZURE = "service.beta.kubernetes.io/azure-";

interface Deployment {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy: { readonly rollingUpdate: object };
    readonly template: {
      readonly metadata: object;
      readonly spec: {
        readonly containers: readonly object[];
        readonly topologySpreadConstraints?: readonly { readonly matchLabelKeys?: readonly string[] }[];
      } & Record<string, unknown>;
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
  homeOf(resources, DEPLOYMENT) as unknown as Deployment;

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

  test("dev has two replicas, which its HPA holds, and a VPA that recommends", () => {
    expect(theOnly(dev, DEPLOYMENT).inputs).toMatchObject({
      metadata: { annotations: { "platform/replicas-set-by": "program", "pulumi.com/patchForce": "true" } },
      spec: { replicas: 2 },
    });
    expect(theOnly(dev, AUTOSCALER).inputs).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 2 } });
    expect(theOnly(dev, "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler").inputs).toMatchObject({
      spec: { updatePolicy: { updateMode: "Off" } },
    });
  });

  test("prod starts with the least of its HPA, which has the number from then on", () => {
    expect(homeOf(prod, DEPLOYMENT)).toMatchObject({
      metadata: { annotations: { "platform/replicas-set-by": "autoscaler" } },
      spec: { replicas: 2 },
    });
    expect(prod.some(({ type }) => type.endsWith(":VerticalPodAutoscaler"))).toBe(false);
    expect(homeOf(prod, AUTOSCALER)).toMatchObject({
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

  test("pods of one version spread; pods that are not ready never keep a node from draining", () => {
    const { topologySpreadConstraints } = deploymentOf(dev).spec.template.spec;
    expect(topologySpreadConstraints?.map(({ matchLabelKeys }) => matchLabelKeys)).toEqual([
      ["pod-template-hash"],
      ["pod-template-hash"],
    ]);
    expect(theOnly(dev, "kubernetes:policy/v1:PodDisruptionBudget").inputs).toMatchObject({
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
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
