/** What the documents say is looked up: lists, links, paths, settings, commands and figures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";

import { PROFILES } from "../../config/profiles";
import { settingsSchema } from "../../config/schema";
import { policies } from "../../policy-pack/policies";
import { stackNames, stackText } from "../matrix/stacks";

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const inFolder = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);

const ADRS = inFolder("docs/adr");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/exemptions.yaml",
  ...inFolder("docs"),
  ...ADRS,
  ...inFolder("docs/runbooks"),
];
const README = read("README.md");
const squeeze = (text: string): string => text.replace(/\s+/g, " ");

/** Text in backticks on one line, outside of code blocks. */
function quoted(document: string): string[] {
  const prose = read(document).replace(/^ *```[\s\S]*?^ *```/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
}

describe("the README", () => {
  test("lists every named configuration in the words of its file", () => {
    const listed = README.split("## Named configurations")[1]?.match(/^- .*$/gm);
    const expected = stackNames().map((name) => {
      const [sentence = ""] = stackText(name).split("\n");
      return `- \`${name}\`: ${sentence.replace(/^# /, "")}`;
    });
    expect(listed).toEqual(expected);
  });

  test("shows the number of policies that run on a stack without a Helm release", () => {
    const shown = /^Policies +(\d+) of aks-platform ran/m.exec(README)?.[1];
    expect(Number(shown)).toBe(policies.length - 1);
  });

  test("shows the figures of the profiles", () => {
    const { lightweight, enterprise } = PROFILES;
    const [small] = lightweight.cluster.nodePools;
    const [system, apps, spot] = enterprise.cluster.nodePools;
    const range = (pool: typeof small) => `${pool?.minCount ?? ""} to ${pool?.maxCount ?? ""}`;
    const { autoscaling } = enterprise.api;
    const { dailyCapGb, retentionDays } = enterprise.observability;
    const figures = [
      `| ${lightweight.cluster.tier} tier, public API server behind Entra ID | ${enterprise.cluster.tier} tier,`,
      `| ${range(small)} of ${small?.vmSize ?? ""} |`,
      `${range(system)} system nodes, ${range(apps)} for applications, ${range(spot)} spot |`,
      `egress by a ${enterprise.network.firewall.tier} firewall`,
      `| ${lightweight.registry.sku} | ${enterprise.registry.sku},`,
      `backups every ${enterprise.governance.backup?.intervalHours ?? ""} hours`,
      `${lightweight.api.replicas} replicas, VPA`,
      `${autoscaling?.minReplicas ?? ""} to ${autoscaling?.maxReplicas ?? ""} replicas by CPU and memory`,
      `logs capped at ${lightweight.observability.dailyCapGb} GB a day`,
      `${dailyCapGb} GB a day, ${retentionDays} days, Managed Grafana`,
    ];
    const text = squeeze(README);
    expect(figures.filter((figure) => !text.includes(figure))).toEqual([]);
  });
});

describe.each(DOCUMENTS)("%s", (document) => {
  test("links to what exists", () => {
    const targets = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.filter((target) => !isTarget(document, target))).toEqual([]);
  });

  test("names files that exist", () => {
    const folders =
      /^(bootstrap|components|config|docs|local|ops|policy-pack|service|tests|tools)\/[\w./-]+$/;
    const named = quoted(document).filter((text) => folders.test(text));
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  test("names settings that the schema has", () => {
    const sections = Object.keys(settingsSchema.shape);
    const named = quoted(document)
      .map((text) => text.replace(/:.*$/, ""))
      .filter((text) => /^[a-zA-Z]+(\.[a-zA-Z]+)+$/.test(text) && sections.includes(text.split(".")[0] ?? ""))
      .filter((text) => !/\.(ts|md|svg|ya?ml|sh|com)$/.test(text));
    expect(named.filter((setting) => !isSetting(setting))).toEqual([]);
  });

  test("names targets that make has", () => {
    const targets = [...read("Makefile").matchAll(/^([a-z-]+):/gm)].map(([, target]) => target);
    const named = [...read(document).matchAll(/(?:^|`|&& )make ([a-z-]+)/gm)].map(([, target]) => target);
    expect(named.filter((target) => !targets.includes(target))).toEqual([]);
  });
});

test("decisions are numbered without a gap, and say what was decided and why", () => {
  const numbers = ADRS.map((file) => /^# (\d+)\. /.exec(read(file))?.[1]);
  expect(numbers).toEqual(ADRS.map((_, index) => String(index + 1)));
  expect(ADRS.filter((file) => !/\*\*Decision\.\*\*/.test(read(file)))).toEqual([]);
  expect(ADRS.filter((file) => !/\*\*Why\.\*\*/.test(read(file)))).toEqual([]);
});

describe("what azure-native cannot do, as docs/adr/0013 says", () => {
  const sdk = (file: string): string => read(`node_modules/@pulumi/azure-native/${file}`);
  const bodyOf = (name: string): string =>
    new RegExp(`interface ${name} \\{[\\s\\S]*?\\n    \\}`).exec(sdk("types/input.d.ts"))?.[0] ?? "";

  test("the version is the one that it speaks of", () => {
    const { version } = JSON.parse(sdk("package.json")) as { readonly version: string };
    expect(read("docs/adr/0013-limits-of-azure-native.md")).toContain(`azure-native ${version} cannot do`);
  });

  test.each([
    ["ManagedClusterIngressProfileArgs", "webAppRouting", "gatewayAPI"],
    ["ManagedClusterSecurityProfileArgs", "workloadIdentity", "nodeRestriction"],
  ])("%s has %s, and no %s", (name, present, absent) => {
    expect(bodyOf(name)).toContain(`${present}?:`);
    expect(bodyOf(name)).not.toContain(`${absent}?:`);
  });

  test("a registry has a bypass for trusted services, and none for its tasks", () => {
    const registry = sdk("containerregistry/registry.d.ts");
    expect(registry).toContain("networkRuleBypassOptions?:");
    expect(registry).not.toContain("networkRuleBypassAllowedForTasks");
  });
});

function isTarget(document: string, target: string): boolean {
  if (/^https?:/.test(target)) return true;
  const [file = "", anchor] = target.split("#");
  const found = file === "" ? document : path.join(path.dirname(document), file);
  if (!existsSync(path.join(ROOT, found))) return false;
  return anchor === undefined || anchorsOf(found).includes(anchor);
}

/** As GitHub makes them: lower case, punctuation gone, dashes for blanks. */
function anchorsOf(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

function isSetting(setting: string): boolean {
  return setting.split(".").reduce<unknown>(step, settingsSchema) !== undefined;
}

/** One key further, through what may be null. */
function step(schema: unknown, key: string): unknown {
  const inner = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, unknown>)[key] : undefined;
}
