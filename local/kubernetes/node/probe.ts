/** One attempt of a probe, as the kubelet makes it. */
import { spawn } from "node:child_process";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { Probe } from "../types";
import { LOOPBACK } from "./ports";

/** What a probe needs to know of its container. */
export interface ProbeTarget {
  /** Loopback port behind a container port, by number or name; undefined where nothing listens. */
  portOf(port: number | string): number | undefined;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Resolves to undefined where the probe succeeds, else to what the kubelet would report. */
export async function attempt(probe: Probe, target: ProbeTarget): Promise<string | undefined> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec !== undefined) return runCommand(probe.exec.command ?? [], target, timeout);
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
  if (port === undefined) return "grpc probes are not made by the local node: use httpGet or tcpSocket";
  const local = target.portOf(port);
  if (local === undefined) {
    return `dial tcp: connect: connection refused (the container does not listen on port ${port})`;
  }
  return probe.httpGet === undefined ? dial(local, timeout) : get(probe.httpGet, local, timeout);
}

function get(
  action: NonNullable<Probe["httpGet"]>,
  port: number,
  timeout: number,
): Promise<string | undefined> {
  const request = action.scheme === "HTTPS" ? httpsRequest : httpRequest;
  const path = action.path ?? "/";
  const headers = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  return new Promise((resolve) => {
    const call = request(
      {
        host: LOOPBACK,
        port,
        path,
        timeout,
        agent: false,
        rejectUnauthorized: false,
        headers: { "user-agent": "kube-probe/1.35", connection: "close", ...headers },
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        resolve(status >= 200 && status < 400 ? undefined : `HTTP probe failed with statuscode: ${status}`);
      },
    );
    call.on("timeout", () => {
      resolve(`Get "${path}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`);
      call.destroy();
    });
    call.on("error", (error: NodeJS.ErrnoException) => {
      resolve(
        `Get "${path}": dial tcp: ${error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message}`,
      );
    });
    call.end();
  });
}

function dial(port: number, timeout: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout });
    const end = (result: string | undefined): void => {
      resolve(result);
      socket.destroy();
    };
    socket.once("connect", () => {
      end(undefined);
    });
    socket.once("timeout", () => {
      end("dial tcp: i/o timeout");
    });
    socket.once("error", () => {
      end("dial tcp: connect: connection refused");
    });
  });
}

/** Runs a command beside the container: with its environment, in its folder. */
export function runCommand(
  command: readonly string[],
  { folder, env }: ProbeTarget,
  timeout: number,
): Promise<string | undefined> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: "ignore", timeout, killSignal: "SIGKILL" });
    child.once("error", (error) => {
      resolve(`command "${command.join(" ")}" could not start: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(`command "${command.join(" ")}" exited with ${code ?? signal ?? "an error"}`);
    });
  });
}
