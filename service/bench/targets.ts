import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { imageArguments } from "../tools/imageCommand";
import type { Target } from "./target";

const SERVICE = join(__dirname, "..");
/** What the benchmark builds and writes; not in the repository. */
export const OUTPUT = join(SERVICE, "..", ".local", "bench");
const VENV = join(OUTPUT, "venv");

/** Started as the image starts it. */
export const API: Target = {
  name: "the API",
  command: () => ["env", `--chdir=${SERVICE}`, "node", ...imageArguments()],
};
export const BARE_NODE = "node:http";
export const PLAIN_EXPRESS = "plain Express";
export const FAST_API = "FastAPI + uvicorn";

/** Builds the API as the image does. */
export function buildApi(): void {
  execFileSync("npm", ["run", "build"], { cwd: SERVICE, stdio: ["ignore", "ignore", "inherit"] });
}

/** Builds the servers that the API is compared with. */
export function buildRivals(): readonly Target[] {
  mkdirSync(OUTPUT, { recursive: true });
  const sources = ["bareNode", "plainExpress"].map((name) => join(__dirname, "targets", `${name}.ts`));
  execFileSync(
    "npx",
    ["esbuild", ...sources, "--bundle", "--platform=node", "--log-level=error", `--outdir=${OUTPUT}`],
    { cwd: SERVICE, stdio: ["ignore", "ignore", "inherit"] },
  );
  const node = (name: string, file: string): Target => ({
    name,
    command: () => ["node", join(OUTPUT, file)],
  });
  return [node(BARE_NODE, "bareNode.js"), node(PLAIN_EXPRESS, "plainExpress.js"), fastApi()];
}

/** In a virtual environment of its own, at the versions of requirements.txt. */
function fastApi(): Target {
  const uvicorn = join(VENV, "bin/uvicorn");
  if (!existsSync(uvicorn)) {
    execFileSync("python3", ["-m", "venv", VENV]);
    const requirements = join(__dirname, "requirements.txt");
    execFileSync(join(VENV, "bin/pip"), ["install", "-q", "-r", requirements]);
  }
  const args = ["--app-dir", join(__dirname, "targets"), "--host", "127.0.0.1", "fastapi_app:app"];
  return { name: FAST_API, command: (port) => [uvicorn, "--port", String(port), ...args] };
}
