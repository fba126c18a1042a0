import { readFileSync } from "node:fs";
import { deriveLockfile, formatLockfile, type Lockfile } from "../../service/tools/lockfile";

const read = (file: string): string => readFileSync(file, "utf8");
const json = (file: string): unknown => JSON.parse(read(file));

interface Instruction {
  readonly keyword: string;
  readonly argument: string;
}

/** The instructions of a Dockerfile: comments left out, continued lines joined. */
function instructions(text: string): readonly Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [keyword = "", ...rest] = line.trim().split(/\s+/);
      return { keyword: keyword.toUpperCase(), argument: rest.join(" ") };
    });
}

describe("the Dockerfile", () => {
  const all = instructions(read("service/Dockerfile"));
  const runtime = all.slice(all.findLastIndex(({ keyword }) => keyword === "FROM"));
  const of = (list: readonly Instruction[], keyword: string): readonly string[] =>
    list.filter((instruction) => instruction.keyword === keyword).map(({ argument }) => argument);

  test("pins every base image by tag and digest", () => {
    const stages = of(all, "FROM").map((argument) => /^(\S+) AS (\S+)$/.exec(argument));
    const names = stages.map((stage) => stage?.[2]);
    const external = stages.map((stage) => stage?.[1] ?? "").filter((image) => !names.includes(image));
    expect(names).toEqual(["build", "runtime"]);
    expect(external).toHaveLength(2);
    for (const image of external) expect(image).toMatch(/^[a-z0-9./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  test("builds and runs the same major version of Node.js", () => {
    const majors = of(all, "FROM").flatMap((argument) => /(?:^node:|nodejs)(\d+)/.exec(argument)?.[1] ?? []);
    expect(majors).toEqual(["24", "24"]);
  });

  test("runs Node.js as process 1, unprivileged, in production mode", () => {
    expect(of(runtime, "USER")).toEqual(["1000:1000"]);
    expect(of(runtime, "CMD")).toEqual([]);
    const entry = JSON.parse(of(runtime, "ENTRYPOINT")[0] ?? "null") as string[];
    expect(entry[0]).toBe("/nodejs/bin/node");
    expect(entry.at(-1)).toBe((json("service/package.json") as { main: string }).main);
    expect(of(runtime, "ENV").join(" ")).toContain("NODE_ENV=production");
    expect(of(runtime, "EXPOSE")).toEqual(["8080"]);
  });

  test("takes the commit as an argument, into the environment and the labels", () => {
    const { version } = json("service/package.json") as { version: string };
    expect(of(runtime, "ARG")).toEqual(["GIT_SHA=unknown", `APP_VERSION=${version}`, "SOURCE_URL=unknown"]);
    const labels = of(runtime, "LABEL").join(" ");
    for (const [label, argument] of [
      ["source", "SOURCE_URL"],
      ["revision", "GIT_SHA"],
      ["version", "APP_VERSION"],
    ] as const) {
      expect(labels).toContain(`org.opencontainers.image.${label}="\${${argument}}"`);
    }
    expect(of(runtime, "ENV").join(" ")).toContain("GIT_SHA=${GIT_SHA}");
  });

  test("installs from the lockfile without install scripts, and ships the built file without packages", () => {
    const installs = of(all, "RUN").filter(
      (command) => command.includes("npm") && !command.includes("run build"),
    );
    expect(installs).toHaveLength(1);
    for (const command of installs) expect(command).toMatch(/^npm ci .*--ignore-scripts/);
    expect(of(runtime, "COPY")).toEqual([
      "--from=build /app/dist ./dist",
      "package.json package-lock.json ./",
    ]);
  });

  test("adds nothing from outside its folder, and no secret", () => {
    expect(of(all, "ADD")).toEqual([]);
    for (const argument of of(all, "COPY")) expect(argument).not.toMatch(/\.\.|^\.\s|https?:/);
    expect(read("service/Dockerfile")).not.toMatch(/password|token|secret|npmrc|_key/i);
  });

  test(".dockerignore lets in exactly what is copied", () => {
    const rules = read("service/.dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(rules).toEqual([
      "*",
      "!package.json",
      "!package-lock.json",
      "!tsconfig.json",
      "!src/**",
      "!tools/bundle.ts",
    ]);
  });
});

describe("the API's lockfile", () => {
  const root = json("package-lock.json") as Lockfile;

  test("is cut from the workspace's lockfile (npm run lock -w service writes it)", () => {
    expect(read("service/package-lock.json")).toBe(formatLockfile(deriveLockfile(root, "service")));
  });

  test("agrees with package.json", () => {
    const manifest = json("service/package.json") as Record<string, unknown>;
    const locked = (json("service/package-lock.json") as Lockfile).packages[""];
    expect(locked?.dependencies).toEqual(manifest.dependencies);
    expect(locked?.devDependencies).toEqual(manifest.devDependencies);
  });

  test("names no registry", () => {
    expect(read("service/package-lock.json")).not.toContain('"resolved"');
  });
});

describe("deriving a lockfile", () => {
  const lockfile = (packages: Lockfile["packages"]): Lockfile => ({
    name: "root",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages,
  });
  const api = { name: "api", version: "1.0.0" };

  test("moves the workspace's own packages up and nests what clashes with them", () => {
    const derived = deriveLockfile(
      lockfile({
        api: { ...api, dependencies: { shared: "2", helper: "1" } },
        "api/node_modules/shared": { version: "2.0.0" },
        "node_modules/shared": { version: "1.0.0", dependencies: { helper: "1" } },
        "node_modules/helper": { version: "1.0.0", dependencies: { shared: "1" }, dev: true },
        "node_modules/unrelated": { version: "1.0.0" },
      }),
      "api",
    );
    expect(derived.packages).toEqual({
      "": { ...api, dependencies: { shared: "2", helper: "1" } },
      "node_modules/helper": { version: "1.0.0", dependencies: { shared: "1" } },
      "node_modules/helper/node_modules/shared": { version: "1.0.0", dependencies: { helper: "1" } },
      "node_modules/shared": { version: "2.0.0" },
    });
  });

  test("marks what only development needs, and follows required peers but not optional ones", () => {
    const derived = deriveLockfile(
      lockfile({
        api: { ...api, dependencies: { a: "1" }, devDependencies: { b: "1" } },
        "node_modules/a": {
          version: "1.0.0",
          peerDependencies: { p: "1", q: "1" },
          peerDependenciesMeta: { q: { optional: true } },
        },
        "node_modules/b": {
          version: "1.0.0",
          dependencies: { a: "1", c: "1" },
          optionalDependencies: { absent: "1" },
        },
        "node_modules/c": { version: "1.0.0" },
        "node_modules/p": { version: "1.0.0", peer: true },
        "node_modules/q": { version: "1.0.0" },
      }),
      "api",
    );
    const dev = Object.entries(derived.packages).map(([location, { dev }]) => [location, dev]);
    expect(Object.fromEntries(dev)).toEqual({
      "": undefined,
      "node_modules/a": undefined,
      "node_modules/b": true,
      "node_modules/c": true,
      "node_modules/p": undefined,
    });
  });

  test("keeps what is optional optional, unless something else requires it", () => {
    const derived = deriveLockfile(
      lockfile({
        api: { ...api, dependencies: { tool: "1" }, devDependencies: { strict: "1" } },
        "node_modules/tool": { version: "1.0.0", optionalDependencies: { linux: "1", both: "1" } },
        "node_modules/linux": { version: "1.0.0", os: ["linux"], dependencies: { libc: "1" } },
        "node_modules/libc": { version: "1.0.0" },
        "node_modules/both": { version: "1.0.0" },
        "node_modules/strict": { version: "1.0.0", dependencies: { both: "1" } },
      }),
      "api",
    );
    const optional = Object.entries(derived.packages).filter(([, { optional }]) => optional === true);
    expect(optional.map(([location]) => location)).toEqual(["node_modules/libc", "node_modules/linux"]);
  });

  test("fails on a missing package and on an unknown workspace", () => {
    const broken = lockfile({ api: { ...api, dependencies: { a: "1" } } });
    expect(() => deriveLockfile(broken, "api")).toThrow(
      "package-lock.json lacks a, which api needs; fix: run npm install.",
    );
    expect(() => deriveLockfile(broken, "web")).toThrow('package-lock.json has no workspace "web"');
  });
});
