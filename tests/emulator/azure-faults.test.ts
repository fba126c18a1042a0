import type { Fault } from "../../local/azure/faults";
import { Azure, clusterInputs, GROUP } from "./azure-support";

async function azureWith(...faults: Fault[]): Promise<Azure> {
  const azure = new Azure({ faults });
  await azure.group();
  return azure;
}

const type = "managedidentity:UserAssignedIdentity";

test.each<[Fault["status"], string]>([
  [409, "Conflict: "],
  [429, "TooManyRequests: "],
  [500, "InternalServerError: "],
  [503, "ServiceUnavailable: "],
  ["timeout", "OperationTimedOut: context deadline exceeded"],
])("%s fails the call, and nothing is made", async (status, message) => {
  const azure = await azureWith({ type, verb: "create", status });
  await expect(azure.identity("api")).rejects.toThrow(message);
  expect(azure.ids()).toEqual([GROUP]);
  await expect(azure.identity("api")).resolves.toHaveProperty("id");
});

test("a lost response leaves the object behind: the next create finds it there", async () => {
  const azure = await azureWith({ type, verb: "create", status: "lostResponse" });
  await expect(azure.identity("api")).rejects.toThrow("ConnectionReset");
  expect(azure.ids()).toHaveLength(2);
  await expect(azure.identity("api")).rejects.toThrow("cannot create already existing resource");
});

test("the nth call, and as many as asked for", async () => {
  const azure = await azureWith({
    type,
    verb: "create",
    status: 429,
    nth: 2,
    times: 2,
    code: "OperationThrottled",
  });
  const outcomes: string[] = [];
  for (const name of ["one", "two", "three", "four"]) {
    outcomes.push(
      await azure.identity(name).then(
        () => "made",
        (error: unknown) => String(error),
      ),
    );
  }
  expect(outcomes.map((outcome) => outcome.split(":")[1]?.trim() ?? outcome)).toEqual([
    "made",
    "OperationThrottled",
    "OperationThrottled",
    "made",
  ]);
});

test("verbs and types are told apart; * is any type", async () => {
  const azure = await azureWith({ type: "*", verb: "delete", status: 500 });
  const identity = await azure.identity("api");
  await expect(azure.delete(type, identity.id)).rejects.toThrow("InternalServerError");
  expect(azure.store.get(identity.id)).toBeDefined();
  await azure.delete(type, identity.id);
  expect(azure.store.get(identity.id)).toBeUndefined();
});

test("a failed call does not keep the resource busy", async () => {
  const azure = await azureWith({
    type: "containerservice:AgentPool",
    verb: "create",
    status: "lostResponse",
  });
  await azure.create("containerservice:ManagedCluster", clusterInputs());
  const pool = (agentPoolName: string) =>
    azure.create("containerservice:AgentPool", {
      resourceGroupName: "rg",
      resourceName: "aks",
      agentPoolName,
      count: 1,
      vmSize: "Standard_D4s_v5",
    });
  await expect(pool("one")).rejects.toThrow("ConnectionReset");
  await expect(pool("two")).resolves.toHaveProperty("id");
});
