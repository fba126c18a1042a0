import { podImagePinned } from "../../policy-pack/policies/pod/imagePinned";
import { podHealthProbes } from "../../policy-pack/policies/pod/healthProbes";
import { podNoPrivileged } from "../../policy-pack/policies/pod/noPrivileged";
import { podResourcesBounded } from "../../policy-pack/policies/pod/resourcesBounded";
import { podRunAsNonRoot } from "../../policy-pack/policies/pod/runAsNonRoot";
import { podTokenOnRequest } from "../../policy-pack/policies/pod/tokenOnRequest";
import { policies } from "../../policy-pack/policies";
import { check, UNKNOWN } from "../support/policy";
import { MAIN, POD } from "./cases";
import { deployment, podSpec, withValue } from "./fixtures";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Every kind that makes pods, and where it keeps the pod's spec. */
const KINDS: readonly [type: string, path: string][] = [
  ["kubernetes:core/v1:Pod", "spec"],
  ["kubernetes:core/v1:PodTemplate", "template.spec"],
  ["kubernetes:core/v1:ReplicationController", POD],
  [DEPLOYMENT, POD],
  ["kubernetes:apps/v1beta2:Deployment", POD],
  ["kubernetes:apps/v1:StatefulSet", POD],
  ["kubernetes:apps/v1:DaemonSet", POD],
  ["kubernetes:apps/v1:ReplicaSet", POD],
  ["kubernetes:batch/v1:Job", POD],
  ["kubernetes:batch/v1:CronJob", "spec.jobTemplate.spec.template.spec"],
  ["kubernetes:argoproj.io/v1alpha1:Rollout", POD],
  ["kubernetes:keda.sh/v1alpha1:ScaledJob", "spec.jobTargetRef.template.spec"],
  ["kubernetes:apps/v1:DeploymentPatch", POD],
  ["kubernetes:core/v1:PodPatch", "spec"],
];

describe("workload kinds", () => {
  test.each(KINDS)("%s keeps its pod at %s", async (type, path) => {
    const privileged = withValue(podSpec, "containers[0].securityContext.privileged", true);
    const { violations } = await check(podNoPrivileged, type, withValue({}, path, privileged));
    expect(violations).toEqual([
      `container api: ${path}.containers[0].securityContext.privileged is true; allowed: false or absent; ` +
        "fix: remove it and name the capability that is missing.",
    ]);
  });

  test.each([
    "kubernetes:core/v1:Service",
    "kubernetes:example.com/v1:Deployment",
    "example:apps/v1:Deployment",
    "kubernetes:apps/v1:DeploymentSet",
  ])("%s makes no pods", async (type) => {
    const verdict = await check(podNoPrivileged, type, withValue(deployment, `${POD}.hostNetwork`, true));
    expect(verdict.notApplicable).toMatch(/pods/);
  });

  test("a Rollout that refers to a Deployment has no pod of its own", async () => {
    const props = { spec: { workloadRef: { kind: "Deployment", name: "api" } } };
    const verdict = await check(podNoPrivileged, "kubernetes:argoproj.io/v1alpha1:Rollout", props);
    expect(verdict.notApplicable).toMatch(/pods/);
  });

  test("a pod without containers in some lists is judged by the others", async () => {
    const props = withValue(withValue(deployment, `${POD}.initContainers`, null), `${POD}.volumes`, null);
    const verdicts = await Promise.all(policies.map((policy) => check(policy, DEPLOYMENT, props)));
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
  });
});

describe("a patch", () => {
  const patch = {
    metadata: { name: "api" },
    spec: { template: { spec: { containers: [{ name: "api" }] } } },
  };

  test("may leave out what the cluster has", async () => {
    const verdicts = await Promise.all(policies.map((policy) => check(policy, `${DEPLOYMENT}Patch`, patch)));
    expect(verdicts.flatMap(({ violations }) => violations)).toEqual([]);
  });

  test("may not weaken it", async () => {
    const weaker = withValue(patch, `${MAIN}.securityContext.runAsNonRoot`, false);
    expect((await check(podRunAsNonRoot, `${DEPLOYMENT}Patch`, weaker)).violations).toHaveLength(1);
  });
});

describe("a value that a preview does not know", () => {
  test("hides nothing but itself", async () => {
    const unknownImage = withValue(deployment, `${POD}.initContainers[0].image`, UNKNOWN.string);
    const latest = withValue(unknownImage, `${MAIN}.image`, "api:latest");
    const verdict = await check(podImagePinned, DEPLOYMENT, latest);
    expect(verdict.unknown).toBe(`${POD}.initContainers.0.image`);
    expect(verdict.violations).toEqual([
      expect.stringContaining(`container api: ${MAIN}.image is "api:latest"`),
    ]);
  });

  test("hides no other check of the same container", async () => {
    const unknownFlag = withValue(deployment, `${MAIN}.securityContext.runAsNonRoot`, UNKNOWN.boolean);
    const root = withValue(unknownFlag, `${MAIN}.securityContext.runAsUser`, 0);
    const verdict = await check(podRunAsNonRoot, DEPLOYMENT, root);
    expect(verdict.violations).toEqual([expect.stringContaining(`${MAIN}.securityContext.runAsUser is 0`)]);
    expect(verdict.unknown).toBe(`${POD}.containers.0.securityContext.runAsNonRoot`);
  });

  test.each([
    ["container", `${POD}.containers[0]`, UNKNOWN.object],
    ["list of containers", `${POD}.containers`, UNKNOWN.array],
  ])("hides no %s beside it", async (_, path, value) => {
    const root = withValue(deployment, `${POD}.initContainers[0].securityContext.privileged`, true);
    const verdict = await check(podNoPrivileged, DEPLOYMENT, withValue(root, path, value));
    expect(verdict.violations).toHaveLength(1);
    expect(verdict.unknown).toBe(path.replace("[0]", ".0"));
  });

  test("is not needed where it is the container's name", async () => {
    const privileged = withValue(deployment, `${MAIN}.securityContext.privileged`, true);
    const verdict = await check(
      podNoPrivileged,
      DEPLOYMENT,
      withValue(privileged, `${MAIN}.name`, UNKNOWN.string),
    );
    expect(verdict).toEqual({ violations: [expect.stringContaining("container of unknown name: ")] });
  });

  test("is not needed where it is an image, for anything but the image", async () => {
    const props = withValue(deployment, `${MAIN}.image`, UNKNOWN.string);
    const verdicts = await Promise.all(
      policies.map(async (policy) => ({ name: policy.name, ...(await check(policy, DEPLOYMENT, props)) })),
    );
    expect(verdicts.filter(({ unknown }) => unknown !== undefined).map(({ name }) => name)).toEqual([
      podImagePinned.name,
    ]);
  });
});

describe("single policies", () => {
  test("resources of the pod count for its containers", async () => {
    const bare = withValue(deployment, `${MAIN}.resources`, undefined);
    const props = withValue(bare, `${POD}.resources`, { requests: { cpu: "1" }, limits: { memory: "1Gi" } });
    expect(await check(podResourcesBounded, DEPLOYMENT, props)).toEqual({ violations: [] });
  });

  test.each(["Never", "OnFailure"])("a pod with restartPolicy %s needs no probes", async (restartPolicy) => {
    const bare = withValue(deployment, `${MAIN}.livenessProbe`, undefined);
    const props = withValue(bare, `${POD}.restartPolicy`, restartPolicy);
    expect(await check(podHealthProbes, DEPLOYMENT, props)).toEqual({ violations: [] });
  });

  test.each([undefined, "default"])(
    "a token is not given to the service account %s",
    async (serviceAccountName) => {
      const shared = withValue(deployment, `${POD}.serviceAccountName`, serviceAccountName);
      const props = withValue(shared, `${POD}.automountServiceAccountToken`, true);
      const { violations } = await check(podTokenOnRequest, DEPLOYMENT, props);
      expect(violations).toEqual([expect.stringContaining(`${POD}.serviceAccountName is "default"`)]);
    },
  );
});
