import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig } from "../../config";
import { BuildAgents, type BuildAgentsArgs } from "../buildAgents";

export interface ApiImageArgs extends BuildAgentsArgs {
  readonly image: PlatformConfig["api"]["image"];
}

/**
 * The API's image in the registry: one that delivery has built and names by digest, or else one that a task of
 * the registry builds from the repository's commit, so a first deployment needs no Docker. The build agents, if the stack
 * has any, are there either way: delivery builds on them.
 *
 * Costs a few cents a build; for the agents see `BuildAgents`. Refuses: a commit that the repository does not have (the task fails).
 *
 * @example
 * const image = new ApiImage("api-image", { image: config.api.image, ...config, resourceGroup, acr: registry });
 */
export class ApiImage extends pulumi.ComponentResource {
  /** `host/repository:commit@digest`; resolves once the image exists. */
  public readonly reference: pulumi.Output<string>;

  public constructor(name: string, args: ApiImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:workloads:ApiImage", name, {}, opts);
    const { repository, commit } = args.image;
    const agents = new BuildAgents(`${name}-agents`, args, { parent: this });
    const digest = args.image.digest ?? this.build(name, args, agents);
    this.reference = pulumi.interpolate`${args.acr.loginServer}/${repository}:${commit}@${digest}`;
    this.registerOutputs({ reference: this.reference });
  }

  private build(name: string, args: ApiImageArgs, { poolName }: BuildAgents): pulumi.Output<string> {
    const { image, location, resourceGroup, acr } = args;
    const run = new containerregistry.TaskRun(
      `${name}-build`,
      {
        resourceGroupName: resourceGroup.name,
        registryName: acr.registry.name,
        taskRunName: `build-${image.repository.replace(/[^a-z0-9]/g, "-")}`,
        location,
        // A new commit runs the task again.
        forceUpdateTag: image.commit,
        runRequest: {
          type: "DockerBuildRequest",
          sourceLocation: `${image.sourceRepository}#${image.commit}:service`,
          dockerFilePath: "Dockerfile",
          imageNames: [`${image.repository}:${image.commit}`],
          isPushEnabled: true,
          arguments: [{ name: "GIT_SHA", value: image.commit, isSecret: false }],
          platform: { os: "Linux", architecture: "amd64" },
          ...(poolName === undefined ? { agentConfiguration: { cpu: 2 } } : { agentPoolName: poolName }),
          timeout: 1800,
        },
      },
      { parent: this },
    );
    return run.runResult.apply(({ outputImages, status }) => {
      const digest = outputImages?.[0]?.digest;
      if (digest) return digest;
      throw new pulumi.ResourceError(
        `The registry's build task ended as ${status ?? "unknown"} without an image`,
        this,
      );
    });
  }
}
