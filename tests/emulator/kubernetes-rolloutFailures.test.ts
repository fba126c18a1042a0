import { failureOf, TestCluster } from "./support/kubernetes";
import {
  DEPLOYMENT,
  deployment,
  type DeploymentOptions,
  loadBalancer,
  NAMESPACE,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
} from "./support/kubernetesObjects";
import { denied, FIXTURE_IMAGE, IMAGE, REGISTRY } from "./support/kubernetesPlatform";

// Processes are started for real: a machine under load takes its time.
jest.setTimeout(30_000);

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  await cluster.create(NAMESPACE, "apps", {
    metadata: { name: "apps", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
});

afterEach(() => cluster.stop());

interface FailureCase {
  readonly title: string;
  readonly options?: DeploymentOptions;
  readonly arrange?: (cluster: TestCluster) => unknown;
  /** How long the rollout may take: processes need longer than looks at the store. */
  readonly seconds?: number;
  readonly reason: string;
  readonly message: RegExp;
}

const FAILURES: readonly FailureCase[] = [
  {
    title: "breaks the namespace's Pod Security level",
    options: { container: { securityContext: {} } },
    reason: "FailedCreate",
    message:
      /pods "api-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(container "api" must set/,
  },
  {
    title: "has a service account that does not exist",
    options: { pod: { serviceAccountName: "nobody" } },
    reason: "FailedCreate",
    message: /error looking up service account apps\/nobody: serviceaccount "nobody" not found/,
  },
  {
    title: "exceeds the namespace's quota",
    arrange: (target) =>
      target.create("kubernetes:core/v1:ResourceQuota", "quota", {
        metadata: { name: "quota", namespace: "apps" },
        spec: { hard: { "requests.cpu": "150m" } },
      }),
    options: { spec: { replicas: 2 } },
    reason: "FailedCreate",
    message:
      /exceeded quota: quota, requested: requests.cpu=100m, used: requests.cpu=100m, limited: requests.cpu=150m/,
  },
  {
    title: "is out of the bounds of a LimitRange",
    arrange: (target) =>
      target.create("kubernetes:core/v1:LimitRange", "limits", {
        metadata: { name: "limits", namespace: "apps" },
        spec: { limits: [{ type: "Container", max: { cpu: "500m" } }] },
      }),
    reason: "FailedCreate",
    message: /maximum cpu usage per Container is 500m, but limit is 1/,
  },
  {
    title: "asks for more than any node has",
    options: { container: { resources: { requests: { cpu: "40" } } } },
    reason: "Unschedulable",
    message: /0\/2 nodes are available: 2 Insufficient cpu/,
  },
  {
    title: "may not pull its image",
    arrange: (target) => {
      target.platform.pullAccess = denied("kubelet has no role with pull on testregistry");
    },
    reason: "ErrImagePull",
    message: /401 Unauthorized \(kubelet has no role with pull on testregistry\). Assign AcrPull/,
  },
  {
    title: "has an image that the registry does not have",
    options: { container: { image: `${REGISTRY}/api:missing` } },
    reason: "ErrImagePull",
    message: /testregistry.azurecr.io\/api:missing: not found/,
  },
  {
    title: "has an image of a registry that does not exist",
    options: { container: { image: "nowhere.azurecr.io/api:1" } },
    reason: "ErrImagePull",
    message: /lookup nowhere.azurecr.io: no such host/,
  },
  {
    title: "refers to a ConfigMap that does not exist",
    options: { container: { envFrom: [{ configMapRef: { name: "absent" } }] } },
    reason: "CreateContainerConfigError",
    message: /configmap "absent" not found/,
  },
  {
    title: "refers to a key that a Secret does not have",
    arrange: (target) =>
      target.create(SECRET, "keys", {
        metadata: { name: "keys", namespace: "apps" },
        stringData: { a: "1" },
      }),
    options: {
      container: { env: [{ name: "B", valueFrom: { secretKeyRef: { name: "keys", key: "b" } } }] },
    },
    reason: "CreateContainerConfigError",
    message: /couldn't find key b in Secret apps\/keys/,
  },
  {
    title: "mounts a Secret that does not exist",
    options: { pod: { volumes: [{ name: "tls", secret: { secretName: "absent" } }] } },
    reason: "FailedMount",
    message: /MountVolume.SetUp failed for volume "tls" : secret "absent" not found/,
  },
  {
    title: "must not run as root but its image does",
    arrange: (target) => {
      target.platform.images = new Map([[IMAGE, { ...FIXTURE_IMAGE, user: "" }]]);
    },
    reason: "CreateContainerConfigError",
    message: /container has runAsNonRoot and image will run as root/,
  },
  {
    title: "must not run as root but its image names a user that is no number",
    arrange: (target) => {
      target.platform.images = new Map([[IMAGE, { ...FIXTURE_IMAGE, user: "nonroot" }]]);
    },
    reason: "CreateContainerConfigError",
    message: /image has non-numeric user \(nonroot\), cannot verify user is non-root/,
  },
  {
    title: "has an identity without a federated credential",
    arrange: async (target) => {
      target.platform.federation = denied("no credential with this subject");
      await target.create(SERVICE_ACCOUNT, "api", {
        metadata: {
          name: "api",
          namespace: "apps",
          annotations: { "azure.workload.identity/client-id": "client" },
        },
      });
    },
    options: { pod: { serviceAccountName: "api" }, labels: { "azure.workload.identity/use": "true" } },
    reason: "WorkloadIdentity",
    message:
      /system:serviceaccount:apps:api' of issuer 'https:\/\/westeurope.oic.*no credential with this subject/,
  },
  {
    title: "has a service account without a client id",
    options: { labels: { "azure.workload.identity/use": "true" } },
    reason: "WorkloadIdentity",
    message: /service account apps\/default has no annotation azure.workload.identity\/client-id/,
  },
  {
    title: "crashes",
    options: { container: { env: [{ name: "BEHAVIOUR", value: "crash" }] } },
    seconds: 2,
    reason: "CrashLoopBackOff",
    message: /exit code 1 \(restarted \d times\); last log lines:[^]*cannot reach the database/,
  },
  {
    title: "never becomes ready",
    options: { container: { env: [{ name: "BEHAVIOUR", value: "never-ready" }] } },
    seconds: 2,
    reason: "Unhealthy",
    message: /Readiness probe failed: HTTP probe failed with statuscode: 503/,
  },
  {
    title: "is probed on a port that it does not listen on",
    options: { container: { readinessProbe: { tcpSocket: { port: 9999 } } } },
    seconds: 2,
    reason: "Unhealthy",
    message: /connection refused/,
  },
];

describe("a Deployment that", () => {
  test.each(FAILURES)("$title", async ({ options, arrange, seconds, reason, message }) => {
    await arrange?.(cluster);
    cluster.timings.rolloutSeconds = seconds ?? 0.1;
    const error = await failureOf(cluster.create(DEPLOYMENT, "api", deployment("api", options)));
    expect(error.message).toContain(`[${reason}]`);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('"apps/api" failed to fully initialize or become live');
    // The object is there, so that the engine keeps it in its state and the next update can mend it.
    expect(error.partial?.id).toBe("apps/api");
    expect(error.partial?.outputs["status"]).toMatchObject({ readyReplicas: 0 });
  });

  test("failed is mended by an update", async () => {
    const broken = deployment("api", { container: { image: `${REGISTRY}/api:missing` } });
    cluster.timings.rolloutSeconds = 0.1;
    const error = await failureOf(cluster.create(DEPLOYMENT, "api", broken));
    cluster.timings.rolloutSeconds = 10;
    const state = error.partial ?? { id: "", outputs: {} };
    const inputs = await cluster.check(DEPLOYMENT, "api", broken);
    const mended = await cluster.update({ type: DEPLOYMENT, name: "api", inputs, state }, deployment("api"));
    expect(mended.state.outputs["status"]).toMatchObject({ readyReplicas: 1 });
  });

  test("warns where the namespace only warns", async () => {
    await cluster.create(NAMESPACE, "lax", {
      metadata: { name: "lax", labels: { "pod-security.kubernetes.io/warn": "baseline" } },
    });
    const inputs = deployment("api", { pod: { hostNetwork: true } });
    await cluster.create(DEPLOYMENT, "api", { ...inputs, metadata: { name: "api", namespace: "lax" } });
    expect(cluster.warnings).toEqual([
      'Deployment lax/api: would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    ]);
  });
});

describe("an update that fails", () => {
  test("leaves the old pods at work", async () => {
    const created = await cluster.create(DEPLOYMENT, "api", deployment("api"));
    await cluster.create(SERVICE, "api", loadBalancer("api"));
    const broken = deployment("api", { container: { env: [{ name: "BEHAVIOUR", value: "crash" }] } });
    cluster.timings.rolloutSeconds = 2;
    const error = await failureOf(cluster.update(created, broken));
    expect(error.message).toContain("[CrashLoopBackOff]");
    expect((await fetch((await cluster.node.url()) ?? "")).status).toBe(200);
  });
});
