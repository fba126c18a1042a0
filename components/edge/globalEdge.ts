import type * as pulumi from "@pulumi/pulumi";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";

import type { EdgeSettings } from "../../config";
import { FrontDoor, type FrontDoorArgs } from "./frontDoor";

/**
 * What stands in front of all regions before there are any: Front Door where the stack has it. `GlobalRouting` sends
 * requests on once the regions exist.
 *
 * Costs what Front Door costs. Refuses: what `config/` refuses.
 *
 * @example
 * const edge = new GlobalEdge("edge", { ...config, client, resourceGroup, workspace });
 */
export class GlobalEdge extends ComponentResource {
  public readonly settings: EdgeSettings;
  public readonly frontDoor: FrontDoor | undefined;
  /** What the regions let in; undefined: requests come from the clients themselves. */
  public readonly frontDoorId: pulumi.Output<string> | undefined;

  public constructor(name: string, args: FrontDoorArgs, opts?: ComponentResourceOptions) {
    super("platform:edge:GlobalEdge", name, {}, opts);
    this.settings = args.edge;
    this.frontDoor =
      args.edge.global === "frontDoor"
        ? new FrontDoor(`${name}-front-door`, args, { parent: this })
        : undefined;
    this.frontDoorId = this.frontDoor?.frontDoorId;
    this.registerOutputs({
      settings: this.settings,
      frontDoor: this.frontDoor,
      frontDoorId: this.frontDoorId,
    });
  }
}
