import { execFileSync } from "node:child_process";
import { dirname } from "node:path";

import { ConfigError } from "./errors";

/**
 * Full SHA of the commit that is checked out: it names the API's image.
 * @throws ConfigError where the program does not stand in a Git repository with a commit.
 */
export function checkedOutCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      cwd: dirname(__dirname),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    throw new ConfigError([
      {
        path: "api.image.commit",
        got: undefined,
        allowed:
          "a full commit SHA; by default that of the checked-out commit, but this folder is no Git repository",
        fix: "clone the repository with git, or set api.image.commit",
      },
    ]);
  }
}
