import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings } from "../../config";
import { peeringTo } from "./subnets";

export interface RunnerNetworkArgs {
  readonly network: Pick<NetworkSettings, "runnerNetwork">;
}

/**
 * The existing network that the deployer sits in (`network.runnerNetwork`), to which the regions' networks are peered, one
 * after the other: Azure refuses a second write to a network that is being changed. It is looked up, never changed but
 * for those peerings. Make one for all regions of a stack.
 *
 * Costs $0.01 per GB that crosses a peering. Without `network.runnerNetwork` it is nothing.
 *
 * @example
 * const runner = new RunnerNetwork("runner", config);
 */
export class RunnerNetwork extends pulumi.ComponentResource {
  /** ARM id; undefined: the stack names none. */
  public readonly id: pulumi.Output<string> | undefined;
  private readonly settings: NetworkSettings["runnerNetwork"];
  private last: network.VirtualNetworkPeering | undefined;

  public constructor(
    name: string,
    { network: { runnerNetwork } }: RunnerNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:network:RunnerNetwork", name, {}, opts);
    this.settings = runnerNetwork;
    this.id = runnerNetwork
      ? network
          .getVirtualNetworkOutput(
            {
              resourceGroupName: runnerNetwork.resourceGroup,
              virtualNetworkName: runnerNetwork.virtualNetwork,
            },
            { parent: this },
          )
          .apply(({ id }) => id ?? "")
      : undefined;
    this.registerOutputs({ id: this.id });
  }

  /**
   * The runner network's end of a peering with a region's spoke; nothing where the stack names no such network. One that
   * goes leaves those after it alone: only their order is kept.
   * @param names of the region, after which the peering is named
   */
  public peerWith(
    name: string,
    names: Names,
    spoke: network.VirtualNetwork,
    opts: pulumi.CustomResourceOptions,
  ): network.VirtualNetworkPeering | undefined {
    if (!this.settings) return undefined;
    const { resourceGroup, virtualNetwork } = this.settings;
    const peering = new network.VirtualNetworkPeering(
      name,
      {
        resourceGroupName: resourceGroup,
        virtualNetworkName: virtualNetwork,
        virtualNetworkPeeringName: names.of("spoke"),
        ...peeringTo(spoke.id),
      },
      pulumi.mergeOptions(opts, { dependsOn: this.last ? [this.last] : [] }),
    );
    this.last = peering;
    return peering;
  }
}
