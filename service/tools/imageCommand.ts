import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the image gives to Node.js, options and file, so that what is measured and tested is started as it is. */
export function imageArguments(): readonly string[] {
  const dockerfile = readFileSync(join(__dirname, "..", "Dockerfile"), "utf8");
  const [, entry = "[]"] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  return (JSON.parse(entry) as string[]).slice(1);
}
