/** A stack's emulated Azure, Entra ID and Kubernetes, put together and served to the engine. */
import { existsSync } from "node:fs";

import { createAzureBackend } from "../azure/backend";
import { type CloudRecord, CloudStore } from "../cloud/store";
import { createEntraBackend } from "../entra/backend";
import { createKubernetesBackend } from "../kubernetes/backend";
import { isAlive, readAddress } from "../kubernetes/node/address";
import { DEFAULT_FRONT_PORT, NodeAgent, checkPort } from "../kubernetes/node/client";
import { serveProvider } from "../provider/server";
import { UserError, messageOf } from "./errors";
import { type Layout, REPOSITORY_ROOT } from "./layout";
import { locateObject } from "./locate";
import type { Verb } from "./operation";
import type { Clouds } from "./session";

/** The emulated subscription, its tenant and who deploys to it: made up, and the same on every machine. */
export const SUBSCRIPTION_ID = "5ab5c41b-0000-4000-8000-0000000a25e0";
const TENANT_ID = "7e4a0000-0000-4000-8000-000000e4124a";
const DEPLOYER = {
  objectId: "de910000-0000-4000-8000-0000000de910",
  clientId: "c11e0000-0000-4000-8000-0000000c11e0",
  principalType: "User",
} as const;

export interface CloudsOptions {
  readonly layout: Layout;
  readonly stack: string;
  readonly verb: Verb;
  /** Loopback port of the API. @default the one in use, or 18080 */
  readonly port: number | undefined;
}

/** @throws UserError where another run has the stack's cloud open, or the API's port is taken. */
export async function openClouds({ layout, stack, verb, port }: CloudsOptions): Promise<Clouds> {
  const folder = layout.nodeFolder(stack);
  const frontPort = port ?? (await portInUse(folder)) ?? DEFAULT_FRONT_PORT;
  if (verb === "up") await refuse(() => checkPort(frontPort, folder));
  const store = await refuse(() => CloudStore.open(layout.cloudFile(stack)));
  const nodeAgent = new NodeAgent(folder, frontPort);
  // Started now, so that it is there when the first pod is to run; a failure shows when it is used.
  const connecting = verb === "up" ? nodeAgent.connect() : Promise.resolve();
  connecting.catch(() => undefined);
  const tenant = { store, tenantId: TENANT_ID, deployer: DEPLOYER };
  const azure = {
    ...{ store, subscriptionId: SUBSCRIPTION_ID },
    ...{ repositoryRoot: REPOSITORY_ROOT, buildFolder: layout.builds },
  };
  const backends = [
    createAzureBackend({ ...tenant, ...azure }),
    createEntraBackend(tenant),
    createKubernetesBackend({ ...tenant, nodeAgent }),
  ];
  const providers = await Promise.all(backends.map(serveProvider));
  return {
    providers,
    objects: () => store.list(),
    locate: (resource, resources) => locateObject(azure, resource, resources),
    url: async () => {
      await connecting;
      return nodeAgent.url();
    },
    close: async () => {
      await Promise.all(providers.map((provider) => provider.close()));
      if (store.list({ cloud: "kubernetes" }).length === 0) await nodeAgent.shutdown();
      store.close();
    },
  };
}

/** Where the API answers; a node agent that has died is started again if its cloud holds something to run. */
export async function runningUrl(layout: Layout, stack: string): Promise<string | undefined> {
  if (!cloudObjects(layout, stack).some(({ cloud }) => cloud === "kubernetes")) return undefined;
  const folder = layout.nodeFolder(stack);
  return new NodeAgent(folder, (await portInUse(folder)) ?? DEFAULT_FRONT_PORT).url();
}

/** What the stack's emulated cloud holds. */
export function cloudObjects(layout: Layout, stack: string): readonly CloudRecord[] {
  const file = layout.cloudFile(stack);
  return existsSync(file) ? CloudStore.openReadOnly(file).list() : [];
}

/** Ends a stack's node agent with everything that it runs. */
export async function stopNode(layout: Layout, stack: string): Promise<void> {
  await new NodeAgent(layout.nodeFolder(stack), DEFAULT_FRONT_PORT).shutdown();
}

async function portInUse(folder: string): Promise<number | undefined> {
  const address = readAddress(folder);
  if (address === undefined || !(await isAlive(address))) return undefined;
  return (await new NodeAgent(folder, DEFAULT_FRONT_PORT).status()).frontPort;
}

/** What the emulators refuse by throwing is an answer to the user, not a defect. */
async function refuse<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}
