/**
 * Kubernetes versions that AKS offers (AKS release notes of 2026-07-17, and 1.37, generally available since 2026-10 by
 * https://learn.microsoft.com/azure/aks/supported-kubernetes-versions, at its first patch): the latest of each minor. AKS
 * keeps the two latest patches of a minor
 * (https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#kubernetes-version-support-policy).
 */
import type { ProviderError } from "../../provider/backend";
import { refusal } from "../resourceType";

const SUPPORTED: Readonly<Record<string, number>> = { "1.34": 9, "1.35": 6, "1.36": 2, "1.37": 0 };

/** Minors for clusters with long-term support only (Premium tier). */
const LONG_TERM_ONLY: Readonly<Record<string, number>> = { "1.33": 13 };

/** What a cluster without a version gets. */
export const DEFAULT_VERSION = "1.35";

/** The version that runs: a minor alone means its latest patch. */
export function resolveVersion(version: string): string {
  const patch = SUPPORTED[version] ?? LONG_TERM_ONLY[version];
  return patch === undefined ? version : `${version}.${patch}`;
}

/** A minor alone asks for no patch: a patch that runs already stays. */
export function runningVersion(wanted: string, running: string | undefined): string {
  return running?.startsWith(`${wanted}.`) === true ? running : resolveVersion(wanted);
}

/** @param name the cluster or pool. @param longTerm whether the cluster pays for long-term support. */
export function refuseVersion(name: string, version: string, longTerm: boolean): ProviderError | undefined {
  const [minor, patch] = split(version);
  if (minor in LONG_TERM_ONLY && !longTerm) {
    // Azure/kars#516 shows the refusal of a retired minor without long-term support.
    return refusal(
      "K8sVersionNotSupported",
      `Managed cluster ${name} is on version ${resolveVersion(version)}, which is only available for Long-Term ` +
        `Support (LTS). Supported versions are: ${supportedVersions().join(", ")}. ` +
        "If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan.",
    );
  }
  const latest = SUPPORTED[minor] ?? LONG_TERM_ONLY[minor];
  if (latest !== undefined && (patch === undefined || (patch <= latest && patch >= latest - 1)))
    return undefined;
  return refusal(
    "K8sVersionNotSupported",
    `Version ${version} is not supported in this region. Supported versions are: ` +
      `${supportedVersions().join(", ")}. Please use [az aks get-versions] command to get the supported version ` +
      "list in this region.",
  );
}

/**
 * AKS moves a control plane by one minor at a time, and never back
 * (https://learn.microsoft.com/azure/aks/upgrade-aks-control-plane).
 */
export function refuseUpgrade(from: string, to: string): ProviderError | undefined {
  const [before, after] = [resolveVersion(from), resolveVersion(to)].map((version) =>
    version.split(".").map(Number),
  );
  const [minorBefore = 0, patchBefore = 0] = before?.slice(1) ?? [];
  const [minorAfter = 0, patchAfter = 0] = after?.slice(1) ?? [];
  // A minor alone asks for no patch in particular, so that it never means a step back within the minor.
  const back =
    minorAfter < minorBefore ||
    (minorAfter === minorBefore && patchAfter < patchBefore && to.split(".").length > 2);
  if (!back && minorAfter - minorBefore <= 1) return undefined;
  const next = `1.${minorBefore + 1}`;
  return refusal(
    "OperationNotAllowed",
    `Upgrading Kubernetes version ${resolveVersion(from)} to ${resolveVersion(to)} is not allowed. ` +
      `Available upgrades: [${next in SUPPORTED ? resolveVersion(next) : ""}]. Please see ` +
      "https://aka.ms/aks-supported-k8s-ver for version details.",
  );
}

function supportedVersions(): string[] {
  return Object.keys(SUPPORTED).map(resolveVersion);
}

function split(version: string): [minor: string, patch: number | undefined] {
  const [major = "", minor = "", patch] = version.split(".");
  return [`${major}.${minor}`, patch === undefined ? undefined : Number(patch)];
}
