import { parseDocument } from "yaml";

import type { Change } from "../../matrix/changes";
import type { DriverHome } from "../../support/driver";

/** Changes the settings of the stack `dev` and brings it up. @throws where that fails */
export async function upChanged(driver: DriverHome, ...changes: readonly Change[]) {
  driver.edit("Pulumi.dev.yaml", (text) => {
    const stack = parseDocument(text);
    for (const change of changes) change(stack);
    return stack.toString();
  });
  const result = await driver.summary("up", "--stack", "dev");
  expect(result.errors).toEqual([]);
  return result;
}
