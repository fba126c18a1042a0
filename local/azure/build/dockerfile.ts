/** As much of a Dockerfile as running its image needs (https://docs.docker.com/reference/dockerfile). */

/** How a container of the image starts. */
export interface ImageConfig {
  /** ENTRYPOINT and CMD, joined; shell form is run by `/bin/sh -c`. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workdir: string;
  /** First EXPOSE, or undefined. */
  readonly exposedPort?: number;
}

export interface Dockerfile {
  /** Image references of the FROM lines that are no earlier stage. */
  readonly baseImages: readonly string[];
  /** Configuration of the last stage. */
  readonly config: ImageConfig;
}

interface Stage {
  entrypoint: string[];
  command: string[];
  env: Record<string, string>;
  user: string;
  workdir: string;
  exposedPort: number | undefined;
  /** Values of ARG, which end with the stage. */
  args: Record<string, string>;
}

/** @param buildArguments values of `--build-arg`. @throws on a file without FROM. */
export function parseDockerfile(text: string, buildArguments: Readonly<Record<string, string>>): Dockerfile {
  const stages = new Map<string, Stage>();
  const baseImages: string[] = [];
  const globalArgs: Record<string, string> = {};
  let stage: Stage | undefined;
  for (const { instruction, rest } of instructions(text)) {
    if (instruction === "FROM") {
      const { image, alias } = parseFrom(expand(rest, globalArgs));
      const earlier = stages.get(image.toLowerCase());
      if (earlier === undefined && image !== "scratch") baseImages.push(image);
      stage = earlier === undefined ? emptyStage() : { ...structuredClone(earlier), args: {} };
      if (alias !== undefined) stages.set(alias.toLowerCase(), stage);
    } else if (instruction === "ARG") {
      const [name = "", ...value] = rest.split("=");
      const given = buildArguments[name.trim()] ?? (value.length > 0 ? unquote(value.join("=")) : undefined);
      if (given !== undefined) (stage?.args ?? globalArgs)[name.trim()] = given;
    } else if (stage !== undefined) apply(stage, instruction, rest);
  }
  if (stage === undefined) throw new Error("no build stage in current context: the Dockerfile has no FROM");
  const { entrypoint, command, env, user, workdir, exposedPort } = stage;
  const config = { entrypoint: [...entrypoint, ...command], env, user, workdir };
  return { baseImages, config: exposedPort === undefined ? config : { ...config, exposedPort } };
}

function emptyStage(): Stage {
  return { entrypoint: [], command: [], env: {}, user: "", workdir: "/", exposedPort: undefined, args: {} };
}

function apply(stage: Stage, instruction: string, rest: string): void {
  const scope = { ...stage.args, ...stage.env };
  switch (instruction) {
    case "ENV":
      for (const [name, value] of pairs(rest)) stage.env[name] = expand(value, scope);
      break;
    case "ENTRYPOINT":
      stage.entrypoint = commandLine(rest);
      // A new entrypoint resets the command of the base image.
      stage.command = [];
      break;
    case "CMD":
      stage.command = commandLine(rest);
      break;
    case "USER":
      stage.user = expand(rest, scope);
      break;
    case "WORKDIR":
      stage.workdir = rest.startsWith("/") ? expand(rest, scope) : `${stage.workdir}/${expand(rest, scope)}`;
      break;
    case "EXPOSE":
      stage.exposedPort ??= Number.parseInt(expand(rest, scope), 10);
      break;
  }
}

function instructions(text: string): { instruction: string; rest: string }[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const joined = lines.join("\n").replace(/\\\s*\n/g, " ");
  return joined.split("\n").flatMap((line) => {
    const match = /^\s*([A-Za-z]+)\s+(.*\S)\s*$/.exec(line);
    return match === null ? [] : [{ instruction: (match[1] ?? "").toUpperCase(), rest: match[2] ?? "" }];
  });
}

function parseFrom(rest: string): { image: string; alias: string | undefined } {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
  const [image = "", as, alias] = words;
  return { image, alias: as?.toUpperCase() === "AS" ? alias : undefined };
}

function commandLine(rest: string): string[] {
  if (!rest.startsWith("[")) return ["/bin/sh", "-c", rest];
  const words: unknown = JSON.parse(rest);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error(`not a list of strings: ${rest}`);
}

function pairs(rest: string): [string, string][] {
  const found = [...rest.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)];
  if (found.length > 0) return found.map(([, name = "", value = ""]) => [name, unquote(value)]);
  const [name = "", ...value] = rest.split(/\s+/);
  return [[name, value.join(" ")]];
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`. */
function expand(text: string, scope: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (_match, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      scope[braced ?? bare ?? ""] ?? fallback ?? "",
  );
}
