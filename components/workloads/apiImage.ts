import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig } from "../../config";
import type { AcrRegistry } from "../acrRegistry";

export interface ApiImageArgs {
  readonly image: PlatformConfig["api"]["image"];
  /** Azure region. */
  readonly location: string;
  readonly resourceGroup: resources.ResourceGroup;
  readonly registry: AcrRegistry;
}

/**
 * The API's image in the registry: one that delivery has built and names by digest, or else one that a task of
 * the registry builds from the repository's commit, so that a first deployment needs no Docker.
 *
 * Costs a few cents a build. Refuses: a commit that the repository does not have (the task fails).
 *
 * @example
 * const image = new ApiImage("api-image", { image: config.api.image, location, resourceGroup, registry });
 */
export class ApiImage extends pulumi.ComponentResource {
  /** `host/repository:commit@digest`; resolves once the image exists and the cluster's nodes may pull it. */
  public readonly reference: pulumi.Output<string>;

  public constructor(name: string, args: ApiImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:workloads:ApiImage", name, {}, opts);
    const { repository, commit } = args.image;
    const digest = args.image.digest ?? this.build(name, args);
    this.reference = pulumi.interpolate`${args.registry.pullableLoginServer}/${repository}:${commit}@${digest}`;
    this.registerOutputs({ reference: this.reference });
  }

  private build(
    name: string,
    { image, location, resourceGroup, registry }: ApiImageArgs,
  ): pulumi.Output<string> {
    const run = new containerregistry.TaskRun(
      `${name}-build`,
      {
        resourceGroupName: resourceGroup.name,
        registryName: registry.registry.name,
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
          agentConfiguration: { cpu: 2 },
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
