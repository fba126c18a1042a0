import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { AnalyzeRequest, AnalyzerResourceOptions, EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import type { AnalyzeDiagnostic } from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { policies } from "../../policy-pack/policies";
import { deployment, registry, withValue } from "./fixtures";

const PACK = join(__dirname, "../../policy-pack");

/** The pack as the engine starts it: run-policy-pack in the pack's folder, which prints the port it serves on. */
let pack: ChildProcess;
const cache = mkdtempSync(join(tmpdir(), "policy-pack-"));
let client: AnalyzerClient;

beforeAll(async () => {
  const entry = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  pack = spawn(process.execPath, [entry, "127.0.0.1:0", "."], {
    cwd: PACK,
    stdio: ["ignore", "pipe", "pipe"],
  });
  client = new AnalyzerClient(`127.0.0.1:${await portOf(pack)}`, credentials.createInsecure());
}, 60_000);

afterAll(async () => {
  if (pack.exitCode === null) {
    pack.kill();
    await once(pack, "exit");
  }
  rmSync(cache, { recursive: true });
  client.close();
});

test("opens with every policy", async () => {
  const info = await call<{ toObject: () => PackInfo }>((done) => client.getAnalyzerInfo(new Empty(), done));
  const { name, version, policiesList, supportsconfig } = info.toObject();
  expect({ name, version, supportsconfig }).toEqual({
    name: "aks-platform",
    version: "0.1.0",
    supportsconfig: true,
  });
  expect(policiesList.map((policy) => policy.name)).toEqual(policies.map((policy) => policy.name));
  expect(policiesList.every((policy) => policy.configschema !== undefined)).toBe(true);
});

test("accepts what complies", async () => {
  expect(await analyze("kubernetes:apps/v1:Deployment", deployment)).toEqual([]);
  expect(await analyze("azure-native:containerregistry:Registry", registry)).toEqual([]);
});

test("refuses by name, with the level and the severity of the policy", async () => {
  const [diagnostic, ...others] = await analyze("azure-native:containerregistry:Registry", {
    ...registry,
    adminUserEnabled: true,
  });
  expect(others).toEqual([]);
  expect(diagnostic).toMatchObject({
    policyname: "acr-admin-disabled",
    policypackname: "aks-platform",
    enforcementlevel: EnforcementLevel.MANDATORY,
  });
  expect(diagnostic?.message).toMatch(/\nadminUserEnabled is true; allowed: false or absent; fix: /);
});

test("keeps what it advises advisory", async () => {
  const props = withValue(deployment, "spec.template.spec.containers[0].livenessProbe", undefined);
  const diagnostics = await analyze("kubernetes:apps/v1:Deployment", props);
  expect(diagnostics).toMatchObject([
    { policyname: "pod-health-probes", enforcementlevel: EnforcementLevel.ADVISORY },
  ]);
});

interface PackInfo {
  readonly name: string;
  readonly version: string;
  readonly supportsconfig: boolean;
  readonly policiesList: readonly { readonly name: string; readonly configschema?: object }[];
}

async function analyze(type: string, props: object): Promise<AnalyzeDiagnostic.AsObject[]> {
  const request = new AnalyzeRequest();
  request.setType(type);
  request.setName("subject");
  request.setUrn(`urn:pulumi:dev::aks-platform::${type}::subject`);
  request.setOptions(new AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript(props as Parameters<typeof Struct.fromJavaScript>[0]));
  const response = await call<{ toObject: () => { diagnosticsList: AnalyzeDiagnostic.AsObject[] } }>((done) =>
    client.analyze(request, done),
  );
  return response.toObject().diagnosticsList;
}

function call<T>(start: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

/** The first line of its output; a pack that fails to open ends instead, and says why on its standard error. */
async function portOf({ stdout, stderr }: ChildProcess): Promise<number> {
  if (!stdout || !stderr) throw new Error("the pack's output is not piped");
  const complaints: string[] = [];
  stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  for await (const line of createInterface({ input: stdout })) {
    return Number(line);
  }
  throw new Error(`the policy pack did not open:\n${complaints.join("")}`);
}
