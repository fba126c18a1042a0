/** Outputs of a stack that was deployed for it: scripts read what the program gives, and not what a test remembers. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";

import { DEPLOYER } from "../../../local/driver/clouds";
import { withDriver } from "../../support/driver";

/** As the environment's tokens name it. */
const REPOSITORY = "acme@7/platform@42";
/** Pulumi's mark of a secret in a state. */
const SECRET = "4dabf18193072939515e22adb298388d";

export interface StackOutputs {
  readonly githubClientId: string;
  readonly apiUrl: string;
  readonly apiImage: string;
  readonly regions: readonly {
    readonly location: string;
    readonly resourceGroupName: string;
    readonly clusterName: string;
  }[];
}

/** Deploys the stack `dev` in two regions, delivered by GitHub, and reads the outputs of its export as `pulumi stack output --json` prints them. */
export async function deployedOutputs(): Promise<StackOutputs> {
  let outputs: unknown;
  await withDriver(async (driver) => {
    driver.edit("Pulumi.dev.yaml", (text) => {
      const stack = parseDocument(text);
      const set = (key: string, value: unknown) => {
        stack.setIn(["config", `aks-platform:${key}`], stack.createNode(value));
      };
      set("regions", ["westus2", "eastus2"]);
      set("delivery", { github: { repository: REPOSITORY, environments: ["dev"] } });
      set("access", { clusterAdmins: [{ objectId: DEPLOYER.objectId, principalType: "User" }] });
      return stack.toString();
    });
    const { ok, errors } = await driver.summary("up", "--stack", "dev");
    if (!ok) throw new Error(`the stack was not deployed: ${JSON.stringify(errors)}`);
    const file = path.join(driver.project, "export.json");
    const { code, stderr } = await driver.run("export", "--stack", "dev", "--file", file);
    if (code !== 0) throw new Error(`the stack was not exported: ${stderr}`);
    outputs = masked(outputsOf(JSON.parse(readFileSync(file, "utf8")) as Export));
  });
  return outputs as StackOutputs;
}

interface Export {
  readonly deployment: {
    readonly resources: readonly { readonly type: string; readonly outputs?: unknown }[];
  };
}

function outputsOf({ deployment }: Export): unknown {
  return deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}
