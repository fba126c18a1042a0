import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { PolicyAdvice } from "./summary";

/** The pack logs to the engine at this address, and it has nothing to log when it is only asked what it holds. */
const NO_ENGINE = "127.0.0.1:1";
const ANSWER_SECONDS = 20;

/**
 * What each policy of a pack says about complying. The engine reports violations without it, so the pack itself
 * is asked, and only once there is a violation. A pack that does not answer leaves the report without advice.
 */
export async function readPolicyAdvice(pack: string, temporary: string): Promise<Map<string, PolicyAdvice>> {
  const main = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [main, NO_ENGINE, "."], {
    cwd: pack,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const port = await firstLine(child.stdout);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const info = await new Promise<AnalyzerInfo>((resolve, reject) => {
      client.getAnalyzerInfo(new Empty(), (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
    client.close();
    return new Map(
      info
        .getPoliciesList()
        .map((policy) => [
          policy.getName(),
          { remediation: policy.getRemediationSteps() || undefined, url: policy.getUrl() || undefined },
        ]),
    );
  } catch {
    return new Map();
  } finally {
    child.kill("SIGKILL");
  }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const reader = createInterface({ input: stream });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error("the policy pack does not answer"));
    }, ANSWER_SECONDS * 1000);
    reader.once("line", (line) => {
      clearTimeout(timer);
      resolve(line.trim());
    });
    reader.once("close", () => {
      clearTimeout(timer);
      reject(new Error("the policy pack ended"));
    });
  });
}
