import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, parseDocument } from "yaml";

import { UserError } from "./errors";
import type { Layout } from "./layout";

const STACK_FILE = /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/;
/** Written by the CLI into a stack's file; a run keeps its own, beside its own passphrase. */
const SECRETS_SETTING = /^(encryptionsalt|encryptedkey|secretsprovider):.*$/gm;

/** Names of the stacks that the project has a settings file for, in alphabetical order. */
export function stackNames(project: string): string[] {
  const names = readdirSync(project).map((file) => STACK_FILE.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/** Refuses a stack without a settings file. */
export function requireStack(layout: Layout, stack: string): void {
  const names = stackNames(layout.project);
  if (names.includes(stack)) return;
  const list = names.length === 0 ? "none: there is no Pulumi.<stack>.yaml" : names.join(", ");
  throw new UserError(
    `unknown stack: got "${stack}", allowed: ${list}.\n` +
      `Fix: choose one (make up STACK=${names[0] ?? "dev"}) or create Pulumi.${stack}.yaml.`,
    2,
  );
}

/** The project's name, from Pulumi.yaml. */
export function projectName(layout: Layout): string {
  const file = path.join(layout.project, "Pulumi.yaml");
  if (!existsSync(file)) {
    throw new UserError(
      `no Pulumi.yaml in ${layout.project}.\nFix: run this from the checkout's root folder.`,
    );
  }
  const settings: unknown = parse(readFileSync(file, "utf8"));
  const name =
    typeof settings === "object" && settings !== null && "name" in settings ? settings.name : undefined;
  if (typeof name === "string" && name !== "") return name;
  throw new UserError(`${file}: got no "name".\nFix: add the project's name, such as "name: aks-platform".`);
}

/** The values of a stack's settings file by their keys, such as `azure-native:location`; none where it is no YAML. */
export function stackConfig(layout: Layout, stack: string): Readonly<Record<string, unknown>> {
  const file = path.join(layout.project, `Pulumi.${stack}.yaml`);
  const document = existsSync(file) ? parseDocument(readFileSync(file, "utf8")) : undefined;
  // A file that is no YAML is refused by name when the engine gets its copy.
  const settings: unknown = document?.errors.length === 0 ? document.toJS() : undefined;
  const config =
    typeof settings === "object" && settings !== null && "config" in settings ? settings.config : undefined;
  return typeof config === "object" && config !== null ? { ...config } : {};
}

function requireYaml(file: string, text: string): void {
  const [error] = parseDocument(text).errors;
  if (error !== undefined)
    throw new UserError(`${file} is no valid YAML: ${error.message}\nFix: correct that line.`);
}

/**
 * Copies the project's settings to the folder in which the engine runs, because it writes to them: a stack's
 * encryption salt stays in the copy, and the committed file stays as it is.
 */
export function copySettings(layout: Layout, stack: string): void {
  const work = layout.workFolder(stack);
  const file = `Pulumi.${stack}.yaml`;
  const committed = readFileSync(path.join(layout.project, file), "utf8");
  if (/^\s+secure:\s/m.test(committed)) {
    throw new UserError(
      `${file} holds a secret that is encrypted for another backend (a "secure:" value), which cannot be read offline.\n` +
        "Fix: keep the value out of the file, or give the offline run a stack file of its own.",
    );
  }
  requireYaml(file, committed);
  const copy = path.join(work, file);
  const kept = existsSync(copy) ? (readFileSync(copy, "utf8").match(SECRETS_SETTING) ?? []) : [];
  const settings = committed.replace(SECRETS_SETTING, "").trimEnd();
  writeFileSync(copy, `${[settings, ...kept].join("\n").trimStart()}\n`);
  writeFileSync(
    path.join(work, "Pulumi.yaml"),
    readFileSync(path.join(layout.project, "Pulumi.yaml"), "utf8"),
  );
}
