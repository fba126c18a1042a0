import { crossCheck } from "./rules";
import { ConfigError, type ConfigProblem } from "./errors";
import { PROFILES } from "./profiles";
import { type Settings, settingsSchema } from "./schema";

/**
 * Completes the stack's values from its profile and checks them.
 * @param values what the stack says, by configuration key; lists replace the profile's, objects are merged
 * @param today decides which versions are still supported
 * @throws ConfigError with every problem at once
 */
export function parseSettings(values: Readonly<Record<string, unknown>>, today: Date): Settings {
  const settings = completeSettings(values);
  const problems = crossCheck(settings, today);
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

/**
 * Completes the stack's values from its profile, and checks each by itself.
 * @param values as in {@link parseSettings}
 * @throws ConfigError with every problem at once
 */
export function completeSettings(values: Readonly<Record<string, unknown>>): Settings {
  const profile = settingsSchema.shape.profile.safeParse(values["profile"]);
  if (!profile.success) {
    const allowed = settingsSchema.shape.profile.options.join(", ");
    const fix = "pulumi config set profile lightweight";
    throw new ConfigError([{ path: "profile", got: values["profile"], allowed, fix }]);
  }
  const merged = merge(PROFILES[profile.data], values);
  const parsed = settingsSchema.safeParse(merged);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.flatMap((issue) => toProblems(issue, merged)));
  return { ...parsed.data, regions: regionsOf(parsed.data) };
}

function regionsOf({ regions, location }: Settings): string[] {
  return regions.length > 0 ? regions : [location];
}

function merge(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over === undefined ? base : over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Issue = NonNullable<ReturnType<typeof settingsSchema.safeParse>["error"]>["issues"][number];

function toProblems(issue: Issue, values: unknown): ConfigProblem[] {
  const path = formatPath(issue.path);
  const got = valueAt(values, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(isObject(got) ? got : {}).filter((key) => !issue.keys.includes(key));
    return issue.keys.map((key) => ({
      path: path === "" ? key : `${path}.${key}`,
      got: isObject(got) ? got[key] : undefined,
      allowed: `one of the keys ${known.join(", ")}`,
      fix: "correct the key's spelling, or remove it",
    }));
  }
  return [{ path, got, allowed: allowedBy(issue), fix: fixFor(issue, got) }];
}

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(", ");
    case "invalid_type":
      return `a value of type ${issue.expected}`;
    case "too_small":
      return issue.message.startsWith("Too small") ? `at least ${String(issue.minimum)}` : issue.message;
    case "too_big":
      return issue.message.startsWith("Too big") ? `at most ${String(issue.maximum)}` : issue.message;
    default:
      return issue.message;
  }
}

function fixFor(issue: Issue, got: unknown): string {
  if (got === undefined) return "add it to the stack's configuration file";
  if (issue.code === "invalid_type" && issue.expected === "string" && typeof got === "number") {
    return `put it in quotes: YAML reads an unquoted ${got} as a number and drops trailing zeros`;
  }
  return "change it in the stack's configuration file";
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], value);
}
