/**
 * Writes what the image is made of to dist/sbom.cdx.json (CycloneDX, https://cyclonedx.org): the packages of the lockfile but
 * for those of development. The same lockfile gives the same file, so that the image's digest stays the same too. Run by
 * Node.js as it is, in a folder with the service's own lockfile.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

interface Component {
  readonly "bom-ref": string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  serialNumber?: string;
  readonly metadata: { timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** npm's own `--omit=dev` leaves out what development and the running service both need (npm 11). */
function withoutDevelopment(bom: Bom): Bom {
  const components = bom.components.filter(
    ({ properties }) => !properties.some(({ name }) => name === "cdx:npm:package:development"),
  );
  const kept = new Set([bom.metadata.component, ...components].map((component) => component["bom-ref"]));
  const dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
  return { ...bom, components, dependencies };
}

const text = execFileSync("npm", ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"], {
  encoding: "utf8",
  maxBuffer: 1 << 26,
});
const bom = JSON.parse(text) as Bom;
delete bom.serialNumber;
delete bom.metadata.timestamp;
mkdirSync("dist", { recursive: true });
writeFileSync("dist/sbom.cdx.json", JSON.stringify(withoutDevelopment(bom)));
