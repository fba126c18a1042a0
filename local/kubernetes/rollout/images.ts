/** What the kubelet finds when it pulls an image. */
import type { Cluster, ClusterPlatform, LocalImage } from "../cluster/platform";

export type Pull =
  | { readonly kind: "local"; readonly image: LocalImage }
  /** Exists outside the emulated cloud: nothing of it is here, so it cannot be run. */
  | { readonly kind: "public" }
  | { readonly kind: "error"; readonly message: string };

/** Registries that give images to everyone; that an image exists there is taken on trust. */
const PUBLIC_REGISTRIES: ReadonlySet<string> = new Set([
  "docker.io",
  "gcr.io",
  "ghcr.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "quay.io",
  "registry.k8s.io",
]);

/** The registry's host: the part before the first slash where it looks like a host, else Docker Hub. */
export function registryOf(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

export function pull(platform: ClusterPlatform, cluster: Cluster, reference: string): Pull {
  const registry = registryOf(reference);
  if (PUBLIC_REGISTRIES.has(registry)) return { kind: "public" };
  const failed = (reason: string): Pull => ({
    kind: "error",
    message: `Failed to pull image "${reference}": failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reason}`,
  });
  if (!platform.hasRegistry(registry)) {
    return failed(
      `failed to do request: Head "https://${registry}/v2/": dial tcp: lookup ${registry}: no such host`,
    );
  }
  const decision = platform.canPull(cluster, registry);
  if (!decision.allowed) {
    return failed(
      "failed to authorize: failed to fetch oauth token: unexpected status from POST request to " +
        `https://${registry}/oauth2/token: 401 Unauthorized (${decision.chain.join("; ")}). ` +
        "Assign AcrPull on the registry to the cluster's kubelet identity",
    );
  }
  const image = platform.findImage(reference);
  return image === undefined ? failed(`${reference}: not found`) : { kind: "local", image };
}
