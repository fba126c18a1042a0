/** What a kubeconfig says about the cluster and about who is calling. */
import { parse } from "yaml";
import type { Json } from "../../provider/backend";
import { isObject, text } from "../../provider/values";

/** Entra ID application of every AKS API server (https://learn.microsoft.com/azure/aks/kubelogin-authentication). */
const AKS_SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630";

/** Ways of kubelogin that ask nobody to sit at a browser. */
const UNATTENDED_LOGINS = ["azurecli", "azd", "msi", "spn", "workloadidentity"];

export type Credential =
  /** kubelogin, run for each call: an Entra ID token. */
  | { readonly kind: "entra"; readonly problem?: string }
  /** A client certificate or a token of a local account. */
  | { readonly kind: "local" };

export interface Kubeconfig {
  /** Host name of the API server. */
  readonly host: string;
  readonly credential: Credential;
}

/** @throws Error with what is wrong and how to set it right. */
export function parseKubeconfig(source: string, contextName?: string): Kubeconfig {
  const document = read(source);
  const current = contextName ?? text(document, "current-context") ?? "";
  const context = named(document, "contexts", current, "context");
  const cluster = named(document, "clusters", text(context, "cluster") ?? "", "cluster");
  const user = named(document, "users", text(context, "user") ?? "", "user");
  const server = text(cluster, "server") ?? "";
  if (!URL.canParse(server)) {
    throw new Error(`kubeconfig: expected clusters[].cluster.server to be a URL, got "${server}"`);
  }
  return { host: new URL(server).hostname, credential: credentialOf(user) };
}

function read(source: string): Json {
  try {
    return parse(source) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`kubeconfig: expected YAML or JSON text, got something else (${reason})`, {
      cause: error,
    });
  }
}

function named(document: Json, list: string, name: string, member: string): Json {
  const entries = isObject(document) ? document[list] : undefined;
  const found = Array.isArray(entries)
    ? entries.find((entry) => isObject(entry) && entry["name"] === name)
    : undefined;
  if (!isObject(found)) {
    throw new Error(
      `kubeconfig: expected an entry "${name}" in ${list}, found none; pass the kubeconfig unchanged`,
    );
  }
  return found[member] ?? {};
}

function credentialOf(user: Json): Credential {
  const exec = isObject(user) ? user["exec"] : undefined;
  if (isObject(user) && user["auth-provider"] !== undefined) {
    // client-go 1.26 removed the providers that were built in.
    return { kind: "entra", problem: 'no Auth Provider found for name "azure": ask for the format exec' };
  }
  if (!isObject(exec)) return { kind: "local" };
  const command = text(exec, "command") ?? "";
  if (!/(^|\/)kubelogin(\.exe)?$/.test(command)) {
    return { kind: "entra", problem: `exec: executable ${command} not found: expected kubelogin` };
  }
  const args = Array.isArray(exec["args"]) ? exec["args"].map(String) : [];
  const login = option(args, "--login", "-l") ?? "devicecode";
  if (!UNATTENDED_LOGINS.includes(login)) {
    return {
      kind: "entra",
      problem:
        `kubelogin --login ${login} waits for a person at a browser: expected one of ` +
        `${UNATTENDED_LOGINS.join(", ")}; rewrite the exec arguments of the kubeconfig`,
    };
  }
  const server = option(args, "--server-id");
  if (server !== AKS_SERVER_ID) {
    return {
      kind: "entra",
      problem: `kubelogin --server-id ${server ?? "(none)"} is not AKS's application: expected ${AKS_SERVER_ID}`,
    };
  }
  return { kind: "entra" };
}

function option(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const joined = args.find((arg) => arg.startsWith(`${name}=`));
    if (joined !== undefined) return joined.slice(name.length + 1);
    const index = args.indexOf(name);
    if (index >= 0) return args[index + 1];
  }
  return undefined;
}
