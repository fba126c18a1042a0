import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { createHome } from "../support/engine";
import { fakeTool } from "../support/fakes";
import { runStep } from "./support/run";

/** A checkout with the script alone, and a PATH with nothing but what it needs. */
async function runActionlint(prepare: (folder: string, bin: string) => void) {
  const home = createHome();
  try {
    const { folder } = home;
    const bin = path.join(folder, "bin");
    mkdirSync(path.join(folder, "tools", "actionlint"), { recursive: true });
    mkdirSync(bin);
    for (const file of ["tools/actionlint.sh", "tools/actionlint/go.mod"]) {
      copyFileSync(path.join(REPOSITORY_ROOT, file), path.join(folder, file));
    }
    for (const tool of ["sed", "dirname", "mkdir", "chmod", "cat"]) {
      const file = ["/usr/bin", "/bin"]
        .map((place) => path.join(place, tool))
        .find((name) => existsSync(name));
      symlinkSync(file ?? tool, path.join(bin, tool));
    }
    prepare(folder, bin);
    const script = path.relative(REPOSITORY_ROOT, path.join(folder, "tools/actionlint.sh"));
    return await runStep({ script, args: ["a.yml"], folder, environment: { PATH: bin } });
  } finally {
    home.remove();
  }
}

const answer = (version: string) =>
  `if [ "$1" = -version ]; then echo v${version}; else echo "checked $*"; fi`;

describe("tools/actionlint.sh", () => {
  test("says what to do where Go is missing", async () => {
    const { code, stderr } = await runActionlint(() => undefined);
    expect(stderr).toMatch(/^error: actionlint 1\.7\.8 has to be built with Go.*\nFix: install Go/);
    expect(code).toBe(69);
  });

  test("runs the one that is built, without shell and Python checkers", async () => {
    const { code, stdout, stderr } = await runActionlint((folder) => {
      fakeTool(path.join(folder, ".tools/bin"), "actionlint", answer("1.7.8"));
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "checked -shellcheck= -pyflakes= a.yml\n",
      stderr: "",
    });
  });

  test("builds anew where another version is there", async () => {
    const { code, stdout, stderr } = await runActionlint((folder, bin) => {
      fakeTool(path.join(folder, ".tools/bin"), "actionlint", answer("1.7.7"));
      fakeTool(bin, "go", 'echo "built: $*" >&2');
    });
    expect(stderr).toMatch(
      /building it with Go[^]*built: build .*version=v1\.7\.8 -o .*\/\.tools\/bin\/actionlint /,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "checked -shellcheck= -pyflakes= a.yml\n" });
  });

  test("fails with the fix where the build fails", async () => {
    const { code, stderr } = await runActionlint((_folder, bin) => {
      fakeTool(bin, "go", "exit 1");
    });
    expect(stderr).toContain("error: go could not build actionlint 1.7.8");
    expect(code).toBe(1);
  });
});
