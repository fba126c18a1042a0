/** Services that Azure does not offer in every region. */
import {
  assumption,
  describeService,
  isOffered,
  nearestRegions,
  type RegionalService,
} from "../availability";
import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import type { Rule } from "./rule";

export const availabilityRules: readonly Rule[] = [checkBuildAgents, checkGatewayForContainers];

function checkBuildAgents({ registry, location, azure }: Settings): ConfigProblem[] {
  if (!registry.buildAgents) return [];
  return refuseRegion(azure, {
    service: "acr-agent-pools",
    region: location,
    path: "registry.buildAgents",
    got: `true with azure-native:location ${location}`,
    without: "set registry.buildAgents to false and name an image by api.image.digest",
  });
}

function checkGatewayForContainers({ edge, regions, azure }: Settings): ConfigProblem[] {
  if (edge.regional !== "applicationGatewayForContainers") return [];
  return regions.flatMap((region) =>
    refuseRegion(azure, {
      service: "application-gateway-for-containers",
      region,
      path: "edge.regional",
      got: `applicationGatewayForContainers in ${region}`,
      without: "set edge.regional to applicationGateway",
    }),
  );
}

interface RegionalUse {
  readonly service: RegionalService;
  readonly region: string;
  readonly path: string;
  readonly got: string;
  /** How to do without the service. */
  readonly without: string;
}

function refuseRegion(
  { assumeAvailable }: Settings["azure"],
  { service, region, path, got, without }: RegionalUse,
): ConfigProblem[] {
  if (isOffered(service, region, assumeAvailable)) return [];
  const { title, source } = describeService(service);
  const nearest = nearestRegions(service, region).join(", ");
  return [
    {
      path,
      got,
      allowed: `a region with ${title}, the nearest being ${nearest} (${source})`,
      fix: `take one of these regions, or ${without}; if Azure offers it by now, add ${assumption(service, region)} to azure.assumeAvailable`,
    },
  ];
}
