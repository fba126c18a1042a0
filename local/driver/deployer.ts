/** Where the emulated deployer sits: on the Internet, or in the network that the stack's settings name. */
import { seedLandingZone } from "../azure/landingZone";
import type { CloudStore } from "../cloud/store";
import type { Layout } from "./layout";
import { projectName, stackConfig } from "./project";

/** What the emulated clouds see of where the deployer is. */
export interface Seat {
  /** Id of its virtual network; absent on the Internet. */
  readonly networkId?: string;
}

/** Where the network lies if the settings name no region; that changes nothing but its `location`. */
const DEFAULT_LOCATION = "westus2";

/**
 * Reads `network.runnerNetwork` from the stack's file and puts that network into the cloud, as bootstrap/subscription.sh
 * does on Azure. Settings that are wrong are the program's to refuse.
 */
export function seatDeployer(layout: Layout, stack: string, store: CloudStore, subscriptionId: string): Seat {
  const config = stackConfig(layout, stack);
  const runners = member(config[`${projectName(layout)}:network`], "runnerNetwork");
  const [resourceGroup, virtualNetwork] = [
    member(runners, "resourceGroup"),
    member(runners, "virtualNetwork"),
  ];
  if (typeof resourceGroup !== "string" || typeof virtualNetwork !== "string") return {};
  const configured = config["azure-native:location"];
  const location = typeof configured === "string" ? configured : DEFAULT_LOCATION;
  return {
    networkId: seedLandingZone({ store, subscriptionId }, { resourceGroup, virtualNetwork, location }),
  };
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
