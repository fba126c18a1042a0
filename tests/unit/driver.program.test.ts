import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { preloadPackages } from "../../local/driver/program";
import { createHome } from "../support/engine";

test("loads the packages of the program and of its modules, but no module of its own", () => {
  const home = createHome();
  try {
    const write = (file: string, text: string): void => {
      const target = path.join(home.folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    };
    const trace = path.join(home.folder, "trace");
    const package_ = (name: string): void => {
      write(
        `node_modules/${name}/index.js`,
        `require("fs").appendFileSync(${JSON.stringify(trace)}, "${name} ");`,
      );
    };
    ["direct", "named", "nested", "re-exported", "types"].forEach(package_);
    write("trace", "");
    write(
      "index.ts",
      [
        'import "direct";',
        'import {\n  a,\n} from "named";',
        'import type { T } from "types";',
        'import { b } from "./part";',
        'import { c } from "./folder";',
        'import "missing";',
        'throw new Error("the program was run");',
      ].join("\n"),
    );
    write("part.ts", 'import * as nested from "nested";\nimport "./index";\nthrow new Error("run");');
    write("folder/index.ts", 'export * from "re-exported";\nthrow new Error("run");');
    preloadPackages(home.folder);
    const loaded = readFileSync(trace, "utf8");
    expect(loaded.trim().split(" ").sort()).toEqual(["direct", "named", "nested", "re-exported"]);
  } finally {
    home.remove();
  }
});
