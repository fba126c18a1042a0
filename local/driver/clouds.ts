/** A stack's emulated Azure, Entra ID and Kubernetes, put together and served to the engine. */
import { existsSync } from "node:fs";

import { createAzureBackend } from "../azure/backend";
import { type HeldVaultName, heldVaultNames } from "../azure/softDelete";
import { type CloudRecord, CloudStore } from "../cloud/store";
import { createEntraBackend } from "../entra/backend";
import {
  DEFAULT_FRONT_PORT,
  NodeAgent,
  checkPort,
  connectNodeAgent,
  createKubernetesBackend,
  pruneNode,
} from "../kubernetes";
import { isAlive, readAddress } from "../kubernetes/node/address";
import { type ServedProvider, serveProvider } from "../provider/server";
import { adopting } from "./adopt";
import { seatDeployer } from "./deployer";
import { bindRealCluster, realUrl } from "./realCluster";
import { UserError, messageOf } from "./errors";
import { type Layout, REPOSITORY_ROOT } from "./layout";
import { locateObject, withExistingName } from "./locate";
import type { Verb } from "./operation";
import type { Locate } from "./pending";
import type { Clouds } from "./session";

/** The emulated subscription, its tenant and who deploys to it: made up, and the same on every machine. */
export const SUBSCRIPTION_ID = "5ab5c41b-0000-4000-8000-0000000a25e0";
const TENANT_ID = "7e4a0000-0000-4000-8000-000000e4124a";
export const DEPLOYER = {
  objectId: "de910000-0000-4000-8000-0000000de910",
  clientId: "c11e0000-0000-4000-8000-0000000c11e0",
  principalType: "User",
} as const;

/**
 * How far the emulated clouds' clock lies back. Operations there take milliseconds, so that a wait which counts
 * from an object's creation (the replication of a role assignment, say) must be over when the operation is.
 */
const CLOCK_LAG_MILLISECONDS = 10 * 60 * 1000;

export interface CloudsOptions {
  readonly layout: Layout;
  readonly stack: string;
  readonly verb: Verb;
  /** Loopback port of the API. @default the one in use, or 18080 */
  readonly port: number | undefined;
  /** Told of what is no error but should be known. */
  readonly warn: (message: string) => void;
}

/** @throws UserError where another run has the stack's cloud open, or the API's port is taken. */
export async function openClouds({ layout, stack, verb, port, warn }: CloudsOptions): Promise<Clouds> {
  const folder = layout.nodeFolder(stack);
  const frontPort = port ?? (await portInUse(folder)) ?? DEFAULT_FRONT_PORT;
  if (verb === "up") await refuse(() => checkPort(frontPort, folder));
  const store = await refuse(() => CloudStore.open(layout.cloudFile(stack)));
  const real = await bindRealCluster(layout, stack, verb, store);
  let node: Promise<NodeAgent> | undefined;
  const nodeAgent = (): Promise<NodeAgent> => (node ??= connectNodeAgent({ stateFolder: folder, frontPort }));
  // Started now, so that it is there when the first pod is to run; a failure shows when it is used.
  if (verb === "up" && real === undefined) nodeAgent().catch(() => undefined);
  const seat = seatDeployer(layout, stack, store, SUBSCRIPTION_ID);
  const tenant = { store, tenantId: TENANT_ID, deployer: DEPLOYER };
  const azure = {
    ...{ store, subscriptionId: SUBSCRIPTION_ID },
    ...{ repositoryRoot: REPOSITORY_ROOT, buildFolder: layout.builds },
    images: real?.images,
    now: () => new Date(Date.now() - CLOCK_LAG_MILLISECONDS),
  };
  const backends = [
    createAzureBackend({ ...tenant, ...azure, deployer: { ...DEPLOYER, ...seat } }),
    createEntraBackend(tenant),
    createKubernetesBackend({
      ...tenant,
      deployer: { ...DEPLOYER, place: seat },
      nodeAgent,
      warn,
      realCluster: real,
    }),
  ];
  const locate: Locate = (resource, resources) => locateObject(azure, resource, resources);
  let served: ServedProvider[] = [];
  return {
    serve: async (adopt) => {
      const chosen = adopt
        ? backends.map((backend) =>
            adopting(
              backend,
              ({ urn, type, inputs }) => locate({ urn, type, inputs, custom: true }, []),
              (request, inputs) => withExistingName(azure, request, inputs),
            ),
          )
        : backends;
      served = await Promise.all(chosen.map(serveProvider));
      return served;
    },
    locate,
    objects: () => store.list().filter(isMade),
    keep: (ids) => keepObjects(store, ids),
    heldNames: () => stillHeld(store, azure.now()),
    url: async () => (real === undefined ? (await nodeAgent()).url() : real.url()),
    close: async () => {
      await Promise.all(served.map((provider) => provider.close()));
      await tidyNode(store, new NodeAgent(folder, frontPort));
      real?.close();
      store.close();
    },
  };
}

/** Ends what the node runs for objects that are gone, and the node itself where the cloud has none left. */
async function tidyNode(store: CloudStore, node: NodeAgent): Promise<void> {
  if (store.list({ cloud: "kubernetes" }).length === 0) await node.shutdown();
  else await pruneNode(store, node);
}

/** Where the API answers; a node agent that has died is started again if its cloud holds something to run. */
export async function runningUrl(layout: Layout, stack: string): Promise<string | undefined> {
  if (!cloudObjects(layout, stack).some(({ cloud }) => cloud === "kubernetes")) return undefined;
  const onCluster = await realUrl(layout, stack, CloudStore.openReadOnly(layout.cloudFile(stack)));
  if (onCluster !== undefined) return onCluster;
  const folder = layout.nodeFolder(stack);
  return new NodeAgent(folder, (await portInUse(folder)) ?? DEFAULT_FRONT_PORT).url();
}

/** What the stack's emulated cloud holds. */
export function cloudObjects(layout: Layout, stack: string): readonly CloudRecord[] {
  const file = layout.cloudFile(stack);
  return existsSync(file) ? CloudStore.openReadOnly(file).list().filter(isMade) : [];
}

/** Hands objects, with all below them, over to the subscription: they outlive the stack. */
function keepObjects(store: CloudStore, ids: readonly string[]): string[] {
  const roots = ids.map((id) => id.toLowerCase());
  const kept = store.list().filter(({ id, ...record }) => {
    const lower = id.toLowerCase();
    return isMade({ id, ...record }) && roots.some((root) => lower === root || lower.startsWith(`${root}/`));
  });
  for (const record of kept) store.put({ ...record, ofSubscription: true });
  return kept.map(({ id }) => id);
}

/** Names of deleted vaults whose retention is not over, in alphabetical order. */
function stillHeld(store: CloudStore, now: Date): HeldVaultName[] {
  return heldVaultNames(store)
    .filter(({ scheduledPurgeDate }) => new Date(scheduledPurgeDate) > now)
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** What a program made, directly or as a consequence: what the cloud keeps by itself is nobody's. */
function isMade({ ofSubscription }: CloudRecord): boolean {
  return ofSubscription !== true;
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
