/** Container images: built for real from a commit by a registry's task run, and found again by the kubelet. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudRecord, CloudStore } from "../cloud/store";
import type { JsonObject } from "../provider/backend";
import { flag, objects, strings, text } from "../provider/values";
import { buildContainerImage } from "./build/containerImage";
import { BuildFailure, buildSource, digestFolder, resolveSource, type BuildPlaces } from "./build/checkout";
import { parseDockerfile, type Dockerfile, type ImageConfig } from "./build/dockerfile";
import { CommandFailure } from "./build/run";
import { ownerIdOf } from "./ids";
import { refusal, type Operation } from "./resourceType";

const IMAGE_TYPE = "Microsoft.ContainerRegistry/registries/images";

/** What the kubelet runs. */
export interface Image {
  /** Login server of the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** `sha256:<64 hex digits>` */
  readonly digest: string;
  /** Built content of the image's working directory. */
  readonly folder: string;
  /** OCI archive, where a container builder made the image. */
  readonly archive?: string;
  readonly config: ImageConfig;
  /** Commit that it was built from. */
  readonly commit: string;
}

/** Finds an image by `<login server>/<repository>:<tag>` or `<login server>/<repository>@sha256:<digest>`. */
export function findImage(store: CloudStore, reference: string): Image | undefined {
  const match = /^([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference);
  if (match === null) return undefined;
  const [, registry, repository, tag, digest] = match;
  const found = store.list({ type: IMAGE_TYPE }).find(({ properties }) => {
    const named = text(properties, "registry") === registry && text(properties, "repository") === repository;
    if (digest !== undefined) return named && text(properties, "digest") === digest;
    return named && text(properties, "tag") === (tag ?? "latest");
  });
  return found?.properties as unknown as Image | undefined;
}

/** Runs the request of a TaskRun; resolves to its outputs (API version 2019-06-01-preview). */
export async function performTaskRun(places: BuildPlaces, operation: Operation): Promise<JsonObject> {
  const request = operation.inputs["runRequest"] ?? {};
  const started = operation.cloud.now().toISOString();
  const runId = `ca${createHash("sha256").update(`${operation.id}${started}`).digest("hex").slice(0, 6)}`;
  if (text(request, "type") !== "DockerBuildRequest") {
    throw refusal(
      "InvalidRunRequest",
      `runRequest.type '${text(request, "type") ?? ""}' is not emulated: only DockerBuildRequest is`,
    );
  }
  try {
    const images = await buildImages(places, operation);
    if (flag(request, "isPushEnabled")) for (const image of images) pushImage(operation, image);
    return { provisioningState: "Succeeded", runResult: runResult(operation, runId, started, images) };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw refusal("TaskRunFailed", `Run ${runId} of ${operation.id} failed: ${error.message}`);
  }
}

async function buildImages(places: BuildPlaces, operation: Operation): Promise<Image[]> {
  const { inputs } = operation;
  const source = await resolveSource(places, text(inputs, "runRequest.sourceLocation") ?? "");
  const folder = await buildSource(places, source);
  const buildArguments = Object.fromEntries(
    objects(inputs, "runRequest.arguments").map((entry) => [
      text(entry, "name") ?? "",
      text(entry, "value") ?? "",
    ]),
  );
  const dockerfilePath = text(inputs, "runRequest.dockerFilePath") ?? "Dockerfile";
  const dockerfile = readDockerfile(folder, dockerfilePath, buildArguments);
  refuseBaseImages(dockerfile);
  const { config, baseImages } = dockerfile;
  const made =
    places.images === undefined
      ? { digest: digestOf(folder, config) }
      : await buildContainerImage({
          ...{ repositoryRoot: places.repositoryRoot, images: places.images, source },
          ...{ dockerfile: dockerfilePath, buildArguments, baseImages },
        });
  const registry = text(registryOf(operation)?.properties, "loginServer") ?? "";
  return strings(inputs, "runRequest.imageNames").map((name) => {
    const [repository = "", tag = "latest"] = name.replace(`${registry}/`, "").split(":");
    return { registry, repository, tag, ...made, folder, config, commit: source.commit };
  });
}

/** Stands for the digest of an image that was not made: the same content gives the same one. */
function digestOf(folder: string, config: ImageConfig): string {
  const content = createHash("sha256").update(digestFolder(folder)).update(JSON.stringify(config));
  return `sha256:${content.digest("hex")}`;
}

function readDockerfile(folder: string, path: string, buildArguments: Record<string, string>): Dockerfile {
  const file = join(folder, path);
  if (!existsSync(file))
    throw new BuildFailure(`unable to find the Dockerfile '${path}' in the source location`);
  try {
    return parseDockerfile(readFileSync(file, "utf8"), buildArguments);
  } catch (error) {
    throw new BuildFailure(
      `dockerfile parse error in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Without a network there is nothing to pull: a base must at least be one that could only be what it says. */
function refuseBaseImages({ baseImages }: Dockerfile): void {
  const unpinned = baseImages.find((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
  if (unpinned !== undefined) {
    throw new BuildFailure(
      `the base image '${unpinned}' is not pinned by digest (<image>@sha256:<64 hex digits>)`,
    );
  }
}

/** An image is data of the registry, and goes with it. A tag that is pushed again moves. */
function pushImage(operation: Operation, image: Image): void {
  const { cloud } = operation;
  const id = `${ownerIdOf(operation.id) ?? ""}/images/${image.repository}:${image.tag}`;
  const record: CloudRecord = {
    id,
    cloud: "azure",
    type: IMAGE_TYPE,
    properties: { ...image, config: { ...image.config } } as unknown as JsonObject,
    createdAt: cloud.now().toISOString(),
    seconds: 0,
  };
  cloud.store.put(record);
}

function runResult(
  operation: Operation,
  runId: string,
  started: string,
  images: readonly Image[],
): JsonObject {
  const registryId = ownerIdOf(operation.id) ?? "";
  const finished = operation.cloud.now().toISOString();
  return {
    id: `${registryId}/runs/${runId}`,
    name: runId,
    runId,
    type: "Microsoft.ContainerRegistry/registries/runs",
    status: "Succeeded",
    runType: "QuickRun",
    provisioningState: "Succeeded",
    isArchiveEnabled: false,
    runErrorMessage: "",
    createTime: started,
    startTime: started,
    finishTime: finished,
    lastUpdatedTime: finished,
    platform:
      operation.inputs["runRequest"] === undefined
        ? {}
        : ((operation.inputs["runRequest"] as JsonObject)["platform"] ?? {}),
    outputImages: images.map(({ registry, repository, tag, digest }) => ({
      registry,
      repository,
      tag,
      digest,
    })),
  };
}

function registryOf(operation: Operation): CloudRecord | undefined {
  return operation.cloud.store.get(ownerIdOf(operation.id) ?? "");
}
