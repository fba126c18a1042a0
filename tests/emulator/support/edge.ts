/** Parts of the edge for tests. */
import type { JsonObject, ResourceState } from "../../../local/provider/backend";
import { Azure } from "../azure-support";
import { make } from "./networks";

export type Made = ResourceState & { inputs: JsonObject };

export const PREMIUM = { name: "Premium_AzureFrontDoor" };
export const STANDARD_TIER = { name: "Standard_AzureFrontDoor" };

/** A Front Door: profile, endpoint, and an origin group with one origin. */
export class FrontDoor {
  public readonly azure = new Azure();

  private constructor(
    private known: { readonly group: Made; readonly origin: Made; readonly endpoint: Made } | undefined,
  ) {}

  public static async start(): Promise<FrontDoor> {
    const door = new FrontDoor(undefined);
    await door.azure.group();
    await door.make("Profile", { location: "Global", sku: PREMIUM });
    const endpoint = await door.make("AFDEndpoint", { endpointName: "api", location: "Global" });
    const group = await door.make("AFDOriginGroup", { originGroupName: "api" });
    const inputs = { originGroupName: "api", originName: "west", hostName: "west.example.com" };
    door.known = { group, endpoint, origin: await door.make("AFDOrigin", inputs) };
    return door;
  }

  public get parts(): { readonly group: Made; readonly origin: Made; readonly endpoint: Made } {
    if (this.known === undefined) throw new Error("The Front Door is not made yet");
    return this.known;
  }

  public make(token: string, inputs: JsonObject): Promise<Made> {
    return this.azure.create(`cdn:${token}`, { resourceGroupName: "rg", profileName: "fd", ...inputs });
  }

  public route(changes: JsonObject = {}): Promise<Made> {
    return this.make("Route", {
      ...{ endpointName: "api", routeName: "api", originGroup: { id: this.parts.group.id } },
      ...{ linkToDefaultDomain: "Enabled", httpsRedirect: "Enabled", supportedProtocols: ["Http", "Https"] },
      ...changes,
    });
  }

  public policy(policyName: string, changes: JsonObject = {}): Promise<Made> {
    return this.azure.create("frontdoor:Policy", {
      ...{ resourceGroupName: "rg", location: "Global", sku: PREMIUM },
      ...{ policyName, ...changes },
    });
  }
}

/** A network with one subnet; returns the subnet's id. */
export async function edgeSubnet(
  azure: Azure,
  prefix: string,
  service: string | undefined,
  more: JsonObject = {},
): Promise<string> {
  const delegations = service === undefined ? [] : [{ name: "edge", serviceName: service }];
  const network = await make(azure, "VirtualNetwork", "vnet", {
    addressSpace: { addressPrefixes: ["10.8.0.0/16"] },
    subnets: [{ name: "edge", addressPrefix: prefix, delegations, ...more }],
  });
  return `${network.id}/subnets/edge`;
}
