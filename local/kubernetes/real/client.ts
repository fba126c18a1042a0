/** Requests to a real Kubernetes API server, as JSON over HTTPS. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import * as path from "node:path";
import { parse } from "yaml";

import { type Json, type JsonObject, ProviderError } from "../../provider/backend";
import { isObject } from "../../provider/values";
import { unreachable } from "../status";

/** An API server is asked again after this long without an answer. */
const TIMEOUT_MILLISECONDS = 30_000;
/** Code of the refusal where the server has no such API, rather than no such object. */
export const NOT_SERVED = "NotServed";

export interface ApiRequest {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST";
  /** Path with query, such as `/api/v1/namespaces`. */
  readonly path: string;
  readonly body?: JsonObject;
  /** @default application/json */
  readonly contentType?: string;
}

/** Where an API server is, and how to sign in to it without anybody's help. */
interface Access {
  readonly server: URL;
  readonly ca: Buffer | undefined;
  readonly certificate: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly token: string | undefined;
}

export class ApiClient {
  private readonly access: Access;
  private readonly agent: Agent;

  /** @throws Error where the kubeconfig does not say how to sign in by certificate or token. */
  public constructor(kubeconfigFile: string) {
    this.access = readAccess(kubeconfigFile);
    const { ca, certificate, key } = this.access;
    this.agent = new Agent({
      keepAlive: true,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
    });
  }

  /** @returns undefined where there is no such object. @throws ProviderError with the server's refusal. */
  public async find(path: string): Promise<JsonObject | undefined> {
    const { status, body } = await this.send({ method: "GET", path });
    if (status === 404) return undefined;
    return accepted(status, body);
  }

  /** @throws ProviderError with the server's refusal. */
  public async call(asked: ApiRequest): Promise<JsonObject> {
    const { status, body } = await this.send(asked);
    return accepted(status, body);
  }

  /** Ends the connections that are kept open. */
  public close(): void {
    this.agent.destroy();
  }

  private send({ method, path: target, body, contentType = "application/json" }: ApiRequest) {
    const { server, token } = this.access;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      Accept: "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(text === undefined
        ? {}
        : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(text) }),
    };
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(unreachable(`${method} ${server.origin}${target}: ${error.message}`));
      };
      const sent = request(
        new URL(target, server),
        { method, headers, agent: this.agent, timeout: TIMEOUT_MILLISECONDS },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
          });
        },
      );
      sent.on("timeout", () =>
        sent.destroy(new Error(`no answer within ${TIMEOUT_MILLISECONDS / 1000} seconds`)),
      );
      sent.on("error", fail);
      sent.end(text);
    });
  }
}

function accepted(status: number, body: string): JsonObject {
  const object = parseObject(body);
  // A path that no API serves is answered in plain text.
  if (object === undefined) throw new ProviderError(status === 404 ? NOT_SERVED : "Unknown", body.trim());
  if (status < 400) return object;
  const { reason, message } = object;
  throw new ProviderError(
    typeof reason === "string" && reason !== "" ? reason : `HTTP ${status}`,
    typeof message === "string" ? message : body,
  );
}

function parseObject(body: string): JsonObject | undefined {
  if (body === "") return {};
  try {
    const answer = JSON.parse(body) as Json;
    return isObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function readAccess(file: string): Access {
  const document = parse(readFileSync(file, "utf8")) as JsonObject;
  const context = entry(file, document, "contexts", text(document, "current-context"), "context");
  const cluster = entry(file, document, "clusters", text(context, "cluster"), "cluster");
  const user = entry(file, document, "users", text(context, "user"), "user");
  const folder = path.dirname(path.resolve(file));
  const access = {
    server: new URL(text(cluster, "server") ?? ""),
    ca: material(folder, cluster, "certificate-authority"),
    certificate: material(folder, user, "client-certificate"),
    key: material(folder, user, "client-key"),
    token: text(user, "token"),
  };
  if (access.token === undefined && (access.certificate === undefined || access.key === undefined)) {
    throw new Error(
      `${file}: expected its user to have client-certificate and client-key, or token; found neither. ` +
        "Use the kubeconfig of a local cluster's administrator, such as kind or k3d write it",
    );
  }
  return access;
}

function entry(
  file: string,
  document: JsonObject,
  list: string,
  name: string | undefined,
  member: string,
): JsonObject {
  const entries = document[list];
  const found = Array.isArray(entries)
    ? entries.find((item) => isObject(item) && item["name"] === name)
    : undefined;
  const value = isObject(found) ? found[member] : undefined;
  if (!isObject(value)) throw new Error(`${file}: expected ${list} to have "${name ?? ""}", found none`);
  return value;
}

function text(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A certificate or key: in the kubeconfig itself, or in a file beside it. */
function material(folder: string, object: JsonObject, key: string): Buffer | undefined {
  const data = text(object, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, "base64");
  const file = text(object, key);
  return file === undefined ? undefined : readFileSync(path.resolve(folder, file));
}
