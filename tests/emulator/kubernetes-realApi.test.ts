/** What the provider makes of a real API server's answers. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { CloudStore } from "../../local/cloud/store";
import { CertificateAuthority, writeKubeconfig } from "../../local/cluster/certificates";
import { kindNamed } from "../../local/kubernetes/kinds";
import { ApiClient } from "../../local/kubernetes/real/client";
import { RealApi } from "../../local/kubernetes/real/realApi";

const CONFIG_MAP = kindNamed("v1", "ConfigMap");
const SCALER = kindNamed("autoscaling.k8s.io/v1", "VerticalPodAutoscaler");
const MAP = { metadata: { name: "settings", namespace: "apps" }, data: { a: "1" } };

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

let folder: string;
let server: Server;
let client: ApiClient;
let store: CloudStore;
let api: RealApi;
let asked: Asked[];
/** What the server answers, in turn; then that there is no such object. */
let answers: { readonly status: number; readonly body: string }[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "api-server-"));
  const authority = await CertificateAuthority.create(folder, "authority");
  const own = await authority.issue("server", { name: "server", hosts: ["127.0.0.1"] });
  const user = await authority.issue("user", { name: "admin", groups: ["system:masters"] });
  server = createServer(
    { cert: readFileSync(own.certificate), key: readFileSync(own.key) },
    (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        asked.push({ method, url, contentType: headers["content-type"], body });
        const answer = answers.shift() ?? refusal(404, "NotFound", 'configmaps "settings" not found');
        response.writeHead(answer.status).end(answer.body);
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kubeconfig = path.join(folder, "kubeconfig");
  writeKubeconfig(kubeconfig, `https://127.0.0.1:${(server.address() as AddressInfo).port}`, authority, user);
  client = new ApiClient(kubeconfig);
});

beforeEach(() => {
  store = CloudStore.memory();
  api = new RealApi(client, store, "/subscriptions/s/managedClusters/one");
  asked = [];
  answers = [];
});

afterAll(() => {
  client.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ok = (object: object) => ({ status: 200, body: JSON.stringify(object) });

function refusal(status: number, reason: string, message: string) {
  return { status, body: JSON.stringify({ kind: "Status", status: "Failure", reason, message }) };
}

test("creates by server-side apply, under Pulumi's name, and notes the object without its managers", async () => {
  const served = { ...MAP, metadata: { ...MAP.metadata, uid: "u1", managedFields: [{ manager: "x" }] } };
  answers = [refusal(404, "NotFound", "no"), ok(served)];
  const created = await api.create(CONFIG_MAP, MAP);
  expect(created.metadata).toEqual({ name: "settings", namespace: "apps", uid: "u1" });
  const [, apply] = asked;
  expect(apply).toMatchObject({
    ...{ method: "PATCH", contentType: "application/apply-patch+yaml" },
    url: "/api/v1/namespaces/apps/configmaps/settings?fieldManager=pulumi-kubernetes&force=false",
  });
  expect(JSON.parse(apply?.body ?? "")).toEqual({ apiVersion: "v1", kind: "ConfigMap", ...MAP });
  expect(store.list({ cloud: "kubernetes" })).toHaveLength(1);
});

test("refuses to create what is there", async () => {
  answers = [ok(MAP)];
  await expect(api.create(CONFIG_MAP, MAP)).rejects.toThrow('configmaps "settings" already exists');
  expect(asked.map(({ method }) => method)).toEqual(["GET"]);
});

test("hands on the server's own words", async () => {
  answers = [refusal(404, "NotFound", "no"), refusal(403, "Forbidden", "exceeded quota: quota")];
  await expect(api.create(CONFIG_MAP, MAP)).rejects.toThrow("Forbidden: exceeded quota: quota");
  expect(store.list({ cloud: "kubernetes" })).toEqual([]);
});

test("tells a kind that the server lacks from an object that it lacks", async () => {
  const missing = { status: 404, body: "404 page not found\n" };
  answers = [missing, missing];
  const scaler = { metadata: { name: "api", namespace: "apps" } };
  await expect(api.create(SCALER, scaler)).rejects.toThrow(
    /no matches for kind "VerticalPodAutoscaler" in version "autoscaling.k8s.io\/v1"/,
  );
});

test("says what it got where the server is no API server", async () => {
  answers = [ok({}), { status: 502, body: "<html>Bad Gateway</html>" }];
  await api.get({ kind: CONFIG_MAP, namespace: "apps", name: "settings" });
  await expect(api.list(CONFIG_MAP, "apps")).rejects.toThrow("Unknown: <html>Bad Gateway</html>");
});

test("waits until a deleted object is gone, and forgets it", async () => {
  answers = [refusal(404, "NotFound", "no"), ok(MAP), ok(MAP), ok({}), ok(MAP)];
  await api.create(CONFIG_MAP, MAP);
  await api.delete({ kind: CONFIG_MAP, namespace: "apps", name: "settings" });
  expect(asked.slice(2).map(({ method }) => method)).toEqual(["GET", "DELETE", "GET", "GET"]);
  expect(store.list({ cloud: "kubernetes" })).toEqual([]);
});
