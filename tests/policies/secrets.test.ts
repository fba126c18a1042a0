/** A violation goes into logs and pull requests: it tells where something is wrong, and no secret. */
import { policies } from "../../policy-pack/policies";
import { noteSecrets } from "../../policy-pack/support/secrets";
import { check } from "../support/policy";

/** As the engine marks a secret (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts). */
const marked = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

const SECRET = "s3cr3t-";

/** Values that the policies report, each with the secret in it. */
const container = {
  name: `${SECRET}name`,
  image: `registry.example/${SECRET}image:latest`,
  ports: [{ containerPort: 8080, hostPort: 54321 }],
  resources: { requests: { cpu: "0", memory: "0" } },
  securityContext: {
    privileged: true,
    allowPrivilegeEscalation: true,
    readOnlyRootFilesystem: false,
    runAsNonRoot: false,
    runAsUser: 0,
    capabilities: { add: [`${SECRET}capability`], drop: [`${SECRET}drop`] },
    seccompProfile: { type: `${SECRET}profile` },
    windowsOptions: { hostProcess: true },
  },
};
const spec = {
  automountServiceAccountToken: true,
  serviceAccountName: "default",
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  volumes: [{ name: "v", hostPath: { path: `/${SECRET}path` } }],
  securityContext: { seccompProfile: { type: `${SECRET}pod-profile` }, runAsNonRoot: false, runAsUser: 0 },
  containers: [container],
};

const CASES: readonly (readonly [string, Record<string, unknown>])[] = [
  ["kubernetes:apps/v1:Deployment", { spec: { template: { spec } } }],
  ["azure-native:resources:ResourceGroup", { tags: { owner: " ", purpose: "" } }],
  ["azure-native:containerregistry:Registry", { adminUserEnabled: true, anonymousPullEnabled: true }],
];

test("no policy shows a value that is secret; each says that it is", async () => {
  for (const [, props] of CASES) noteSecrets({ props: marked(props) });
  const told: string[] = [];
  for (const [type, props] of CASES) {
    for (const policy of policies) {
      if (!("validateResource" in policy)) continue;
      told.push(...(await check(policy, type, props)).violations);
    }
  }
  expect(told.length).toBeGreaterThan(15);
  expect(told.filter((violation) => violation.includes(SECRET))).toEqual([]);
  const shown = told.filter(
    (violation) => !/ is (secret \(its value is not shown\)|absent|"")/.test(violation),
  );
  expect(shown).toEqual([]);
  expect(told.filter((violation) => violation.includes("container of secret name")).length).toBeGreaterThan(
    5,
  );
});

test("what is not secret is shown", async () => {
  const image = "registry.example/api:latest";
  const props = { spec: { template: { spec: { containers: [{ name: "api", image }] } } } };
  const policy = policies.find(({ name }) => name === "pod-image-pinned");
  if (policy === undefined || !("validateResource" in policy))
    throw new Error("the pack has no pod-image-pinned");
  const { violations } = await check(policy, "kubernetes:apps/v1:Deployment", props);
  expect(violations).toEqual([
    expect.stringContaining(`container api: spec.template.spec.containers[0].image is "${image}"`),
  ]);
});
