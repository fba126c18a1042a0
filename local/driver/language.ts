import type * as grpc from "@grpc/grpc-js";
import type * as Pulumi from "@pulumi/pulumi";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPluginsResponse,
  type GetRequiredPluginsRequest,
  RunResponse,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { createRequire } from "node:module";

import { messageOf } from "./errors";
import { type Listening, listen } from "./grpc";
import { type Activity, type StallWatch, watchForStall } from "./stall";
import { readStackTrace } from "./stackTraces";

/** The SDK takes long to load: that is left until the engine has been started. */
const load = createRequire(__filename);

/** A Pulumi program: creates resources and returns the stack's outputs. */
export type Program = () => Promise<Record<string, unknown>>;

/** Where the engine finds the program. */
export type LanguageHost = Listening;

/** Names of errors whose message says everything: what, got, allowed, fix. */
const PLAIN_ERRORS: readonly string[] = ["ConfigError", "UserError"];

type Reply<T> = (error: null, response: T) => void;

/**
 * Serves a program to the engine (`pulumi up --client=<address>`), as the Automation API does for its inline
 * programs, so that no language host has to be installed. The program runs in this process, once a `Run` call.
 *
 * It differs from the Automation API in one way: a failure of the program is logged once and without the stack
 * trace where the message says everything ({@link PLAIN_ERRORS}).
 *
 * @param activity what the engine does: a program that goes on while it stands still is ended with an error;
 *   without it nobody looks
 * @param stallSeconds how long the engine may stand still
 */
export async function serveProgram(
  program: Program,
  activity?: Activity,
  stallSeconds?: number,
): Promise<LanguageHost> {
  let watch: StallWatch | undefined;
  const host = await listen(LanguageRuntimeService as grpc.ServiceDefinition, {
    getRequiredPlugins(
      _call: grpc.ServerUnaryCall<GetRequiredPluginsRequest, unknown>,
      reply: Reply<unknown>,
    ) {
      reply(null, new GetRequiredPluginsResponse());
    },
    getPluginInfo(_call: unknown, reply: Reply<PluginInfo>) {
      const info = new PluginInfo();
      info.setVersion("1.0.0");
      reply(null, info);
    },
    run(call: grpc.ServerUnaryCall<RunRequest, RunResponse>, reply: Reply<RunResponse>) {
      const response = new RunResponse();
      const run = runOnce(call.request, program);
      watch = activity === undefined ? undefined : watchForStall(activity, stallSeconds);
      const ended = watch === undefined ? run : Promise.race([run, watch.stalled]).finally(watch.stop);
      ended.then(
        () => {
          reply(null, response);
        },
        (error: unknown) => {
          response.setError(describe(error));
          reply(null, response);
        },
      );
    },
  });
  return {
    address: host.address,
    close: () => {
      // An engine that was killed leaves a program that nobody will ever answer.
      watch?.stop();
      host.close();
    },
  };
}

async function runOnce(request: RunRequest, program: Program): Promise<void> {
  const { runtime } = load("@pulumi/pulumi") as typeof Pulumi;
  runtime.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    request.getArgsList()[0] ?? "",
    request.getMonitorAddress(),
    request.getDryrun(),
    request.getOrganization(),
  );
  runtime.setAllConfig(
    Object.fromEntries(request.getConfigMap().toArray()),
    request.getConfigsecretkeysList(),
  );
  const failures: unknown[] = [];
  const keep = (error: unknown): void => {
    failures.push(error);
  };
  // A failed resource rejects promises that nobody awaits (outputs of other resources): they belong to the program.
  process.on("uncaughtException", keep);
  process.on("unhandledRejection", keep);
  try {
    // Caught here and not outside, because the SDK hands a rejection of the program to several promises.
    await runtime.runInPulumiStack(async () => {
      try {
        return await program();
      } catch (error) {
        keep(error);
        return undefined;
      }
    });
    await runtime.disconnect(failures.length === 0);
  } finally {
    process.off("uncaughtException", keep);
    process.off("unhandledRejection", keep);
  }
  if (failures.length > 0) throw failures[0];
}

function describe(error: unknown): string {
  const { RunError } = load("@pulumi/pulumi") as typeof Pulumi;
  if (RunError.isInstance(error)) return error.message;
  if (!(error instanceof Error) || PLAIN_ERRORS.includes(error.name)) return messageOf(error);
  return readStackTrace(error);
}
