import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Every resource type of the installed azure-native SDK as `<module>:<type>`, and whether it takes Azure tags: its
 * arguments declare `tags` as a map of strings (a few types have a `tags` of another shape, which are not Azure's).
 */
export function azureTypes(): Record<string, boolean> {
  const sdk = dirname(require.resolve("@pulumi/azure-native/package.json"));
  const types = readdirSync(sdk, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "types")
    .flatMap(({ name }) => moduleTypes(join(sdk, name)));
  return Object.fromEntries(types.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function moduleTypes(folder: string): [string, boolean][] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) => {
      const token = /static __pulumiType = 'azure-native:(\w+:\w+)'/.exec(read(folder, file))?.[1];
      return token ? [[token, takesTags(read(folder, file.replace(/js$/, "d.ts")))]] : [];
    });
}

function takesTags(declaration: string): boolean {
  return /^ {4}tags\?: pulumi\.Input<\{\s+\[key: string\]: pulumi\.Input<string>;/m.test(declaration);
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

if (require.main === module) {
  const file = join(__dirname, "../support/taggableTypes.json");
  writeFileSync(file, `${JSON.stringify(azureTypes(), null, 2)}\n`);
}
