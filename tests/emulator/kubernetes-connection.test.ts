import { TestCluster } from "./support/kubernetes";
import { CONFIG_MAP, DEPLOYMENT, deployment, NAMESPACE, apps, settings } from "./support/kubernetesObjects";
import { clusterNamed, denied, kubeconfig, kubeloginUser } from "./support/kubernetesPlatform";

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  cluster.timings.rolloutSeconds = 0.1;
});

afterEach(() => cluster.stop());

describe("the way to the cluster", () => {
  const fqdn = clusterNamed("one").fqdn;

  test("is closed where the cluster does not exist", async () => {
    const created = await cluster.create(NAMESPACE, "apps", apps);
    cluster.platform.clusters = [];
    await expect(cluster.create(NAMESPACE, "n", { metadata: { name: "n" } })).rejects.toThrow(
      `configured Kubernetes cluster is unreachable: unable to load schema information from the API server: dial tcp: lookup ${fqdn}: no such host`,
    );
    await expect(cluster.read(created)).rejects.toThrow("cluster is unreachable");
    await expect(cluster.delete(created)).rejects.toThrow("cluster is unreachable");
    await cluster.connect("one", { deleteUnreachable: "true" });
    await expect(cluster.delete(created)).resolves.toBeUndefined();
    await expect(cluster.read(created)).rejects.toThrow("cluster is unreachable");
  });

  test.each([
    ["a static credential", { token: "t" }, "local accounts of one are disabled"],
    ["a login at a browser", kubeloginUser("devicecode"), "kubelogin --login devicecode waits for a person"],
    ["another program", { exec: { command: "gke-gcloud-auth-plugin" } }, "expected kubelogin"],
    ["the application of something else", kubeloginUser("spn", "other"), "is not AKS's application"],
    ["a removed plug-in", { "auth-provider": { name: "azure" } }, 'no Auth Provider found for name "azure"'],
  ])("is closed to %s", async (_title, user, message) => {
    await cluster.backend.configure("one", { kubeconfig: kubeconfig(fqdn, user) });
    await expect(cluster.create(NAMESPACE, "apps", apps)).rejects.toThrow(message);
    await expect(cluster.create(NAMESPACE, "apps", apps)).rejects.toThrow(/^Unauthorized: /);
  });

  test("is open to a static credential where local accounts are on", async () => {
    cluster.platform.clusters = [clusterNamed("one", { localAccountsDisabled: false })];
    cluster.platform.access = denied("no role");
    await cluster.backend.configure("one", { kubeconfig: kubeconfig(fqdn, { token: "t" }) });
    expect((await cluster.create(NAMESPACE, "apps", apps)).state.id).toBe("apps");
  });

  test("asks for the right of each verb, at the scope of the namespace", async () => {
    await cluster.create(NAMESPACE, "apps", apps);
    const { id } = clusterNamed("one");
    await cluster.create(CONFIG_MAP, "s", settings());
    expect(cluster.platform.asked).toEqual([
      `Microsoft.ContainerService/managedClusters/namespaces/write on ${id}`,
      `Microsoft.ContainerService/managedClusters/configmaps/write on ${id}/namespaces/apps`,
    ]);
    cluster.platform.access = denied("deployer has no role on one");
    await expect(cluster.create(DEPLOYMENT, "api", deployment("api"))).rejects.toThrow(
      'Forbidden: deployments.apps "api" is forbidden: User "deployer" cannot create resource "deployments" in API ' +
        'group "apps" in the namespace "apps": User does not have access to the resource in Azure. Update role ' +
        "assignment to allow access (deployer has no role on one)",
    );
  });

  test("says that a cluster without Azure RBAC knows no Azure roles", async () => {
    cluster.platform.clusters = [clusterNamed("one", { azureRbac: false })];
    await expect(cluster.create(NAMESPACE, "apps", apps)).rejects.toThrow("set aadProfile.enableAzureRBAC");
  });

  test.each([
    [{}, "expected the input kubeconfig, got none"],
    [{ kubeconfig: "{" }, "expected YAML or JSON text"],
    [{ kubeconfig: "a: b" }, 'expected an entry "" in contexts, found none'],
    [{ kubeconfig: kubeconfig("x").replaceAll("https://x:443", "x") }, 'server to be a URL, got "x"'],
  ])("is not to be found from %j", async (inputs, message) => {
    await expect(cluster.backend.configure("bad", inputs)).rejects.toThrow(message);
  });
});
