/**
 * Serves a program to the engine the way the official CLI does: by the SDK's `cmd/run` in a process of its own,
 * with the command line and the environment that `pulumi-language-nodejs` gives it
 * (pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go), from the runtime options of Pulumi.yaml.
 */
import type * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { GetRequiredPluginsResponse, type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import { listen } from "../../local/driver/grpc";
import type { LanguageHost } from "../../local/driver/language";

interface ProjectFile {
  readonly runtime: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
}

type Reply<T> = (error: null, response: T) => void;

/** @param project folder of Pulumi.yaml and the program */
export async function serveWithNodeHost(project: string): Promise<LanguageHost> {
  return listen(LanguageRuntimeService as grpc.ServiceDefinition, {
    getRequiredPlugins(_call: unknown, reply: Reply<GetRequiredPluginsResponse>) {
      reply(null, new GetRequiredPluginsResponse());
    },
    getPluginInfo(_call: unknown, reply: Reply<PluginInfo>) {
      reply(null, new PluginInfo());
    },
    run(call: grpc.ServerUnaryCall<RunRequest, RunResponse>, reply: Reply<RunResponse>) {
      void runProgram(project, call.request).then((failure) => {
        const response = new RunResponse();
        if (failure !== undefined) response.setError(failure);
        reply(null, response);
      });
    },
  });
}

async function runProgram(project: string, request: RunRequest): Promise<string | undefined> {
  const settings = parse(readFileSync(path.join(project, "Pulumi.yaml"), "utf8")) as ProjectFile;
  const { options } = settings.runtime;
  const tsconfig = options["tsconfig"];
  const child = spawn(process.execPath, hostArguments(project, request), {
    cwd: project,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: options["typescript"] === false ? "false" : "true",
      ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number>((resolve) => {
    child.once("close", (status) => {
      resolve(status ?? 1);
    });
  });
  return code === 0 ? undefined : `the program ended with ${code}: ${errors}`;
}

function hostArguments(project: string, request: RunRequest): string[] {
  return [
    require.resolve("@pulumi/pulumi/cmd/run"),
    ...["--monitor", request.getMonitorAddress(), "--engine", request.getArgsList()[0] ?? ""],
    ...[
      "--project",
      request.getProject(),
      "--stack",
      request.getStack(),
      "--organization",
      request.getOrganization(),
    ],
    ...["--root-directory", project, "--pwd", project, "--parallel", String(request.getParallel())],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ".",
  ];
}
