/** Grants: where they may be given, and what of them can change. */
import type { JsonObject } from "../../../local/provider/backend";
import { Azure, clusterInputs, guid, principalOf, roleId } from "../azure-support";

const TOKEN = "authorization:RoleAssignment";
const RBAC_READER = "7f6c6a51-bcf8-42ba-9220-52d62157d7db";
const RBAC_WRITER = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb";

let azure: Azure;
let cluster: string;
let assignment: JsonObject;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  ({ id: cluster } = await azure.create("containerservice:ManagedCluster", clusterInputs()));
  assignment = {
    principalId: principalOf(await azure.identity("reader")),
    principalType: "ServicePrincipal",
    roleAssignmentName: guid(1),
    roleDefinitionId: roleId(RBAC_READER),
    scope: cluster,
  };
});

test("a role in a namespace is given before the namespace exists, in a cluster that exists", async () => {
  const at = (scope: string) => azure.create(TOKEN, { ...assignment, scope });
  await expect(at(`${cluster}2/namespaces/api`)).rejects.toThrow("ResourceNotFound");
  await expect(at(`${cluster}/namespaces/api`)).resolves.toHaveProperty("id");
});

describe("an assignment", () => {
  test.each<[string, () => Promise<JsonObject>]>([
    ["principal", async () => ({ principalId: principalOf(await azure.identity("other")) })],
    ["scope", () => Promise.resolve({ scope: azure.ids()[0] ?? "" })],
  ])("with another %s is a new one, and the old one goes first as it has the name", async (_what, change) => {
    const diff = await azure.diff(TOKEN, assignment, { ...assignment, ...(await change()) });
    expect(Object.values(diff.changes)).toEqual(["update-replace"]);
    expect(diff.deleteBeforeReplace).toBe(true);
  });

  test("keeps its role, and takes another description", async () => {
    const made = await azure.create(TOKEN, assignment);
    const update = (changes: JsonObject) => azure.update(TOKEN, made, { ...assignment, ...changes });
    await expect(update({ roleDefinitionId: roleId(RBAC_WRITER) })).rejects.toThrow(
      "RoleAssignmentUpdateNotPermitted",
    );
    await expect(update({ description: "reads" })).resolves.toHaveProperty("id");
  });
});
