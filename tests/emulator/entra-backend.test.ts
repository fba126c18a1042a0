import { readFileSync } from "node:fs";
import { resolveFederation } from "../../local/azure/access";
import { createAzureBackend } from "../../local/azure/backend";
import { CloudStore } from "../../local/cloud/store";
import { createEntraBackend } from "../../local/entra/backend";
import { entraTokens, findEntraType } from "../../local/entra/types";
import { UNKNOWN, type JsonObject, type ProviderBackend } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { backendOptions, DEPLOYER, GROUP, guid, roleId, TENANT } from "./azure-support";

const APPLICATION = "azuread:index/application:Application";
const PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal";
const CREDENTIAL =
  "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const GITHUB = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:acme/platform:ref:refs/heads/main",
  audiences: ["api://AzureADTokenExchange"],
};

let store: CloudStore;
let entra: ProviderBackend;

beforeEach(() => {
  store = CloudStore.memory();
  entra = createEntraBackend({
    store,
    tenantId: TENANT,
    deployer: { objectId: DEPLOYER, clientId: DEPLOYER },
  });
});

const named = (type: string) => ({ type, urn: "u", name: "n", connection: "c" });

async function create(type: string, news: JsonObject, preview = false) {
  const { inputs, failures } = await entra.check({
    ...named(type),
    olds: {},
    news,
    randomSeed: new Uint8Array(),
  });
  expect(failures).toEqual([]);
  return { ...(await entra.create({ ...named(type), inputs, preview })), inputs };
}

async function deployerApplication() {
  const application = await create(APPLICATION, { displayName: "deployer" });
  const clientId = text(application.outputs, "clientId") ?? "";
  const principal = await create(PRINCIPAL, { clientId });
  return { application, principal, clientId };
}

test("an application, its principal and a workflow's credential resolve to the principal", async () => {
  const { application, principal, clientId } = await deployerApplication();
  expect(application.id).toBe(`/applications/${text(application.outputs, "objectId") ?? ""}`);
  await create(CREDENTIAL, { applicationId: application.id, displayName: "main", ...GITHUB });
  const token = {
    issuer: GITHUB.issuer,
    subject: GITHUB.subject,
    audience: "api://AzureADTokenExchange",
    clientId,
  };
  expect(resolveFederation(store, token)).toMatchObject({
    allowed: true,
    principalId: principal.outputs["objectId"],
  });
  expect(resolveFederation(store, { ...token, issuer: `${GITHUB.issuer}/` }).chain[1]).toContain(
    "only the trailing slash differs",
  );
});

test("Azure knows the principal, but not at once unless its type is given", async () => {
  const { principal } = await deployerApplication();
  const azure = createAzureBackend(backendOptions({ store }));
  const inputs: JsonObject = {
    scope: GROUP.replace("/resourceGroups/rg", ""),
    principalId: principal.outputs["objectId"] ?? "",
    roleDefinitionId: roleId("b24988ac-6180-42a0-ab88-20f7382dd24c"),
    roleAssignmentName: guid(1),
  };
  const assign = (changes: JsonObject) =>
    azure.create({
      ...named("azure-native:authorization:RoleAssignment"),
      inputs: { ...inputs, ...changes },
      preview: false,
    });
  await expect(assign({})).rejects.toThrow("PrincipalNotFound");
  await expect(assign({ principalType: "User" })).rejects.toThrow("UnmatchedPrincipalType");
  await expect(assign({ principalType: "ServicePrincipal" })).resolves.toHaveProperty("id");
});

test("in a preview what the directory makes is unknown; an update keeps it", async () => {
  expect((await create(APPLICATION, { displayName: "a" }, true)).outputs).toMatchObject({
    displayName: "a",
    clientId: UNKNOWN,
    objectId: UNKNOWN,
  });
  const made = await create(APPLICATION, { displayName: "a" });
  const request = {
    ...named(APPLICATION),
    id: made.id,
    oldInputs: made.inputs,
    oldOutputs: made.outputs,
    newInputs: { ...made.inputs, displayName: "b" },
  };
  for (const preview of [true, false]) {
    const { outputs } = await entra.update({ ...request, preview });
    expect(outputs).toMatchObject({ displayName: "b", clientId: made.outputs["clientId"] });
  }
});

test("refresh sees drift, and what is gone", async () => {
  const made = await create(APPLICATION, { displayName: "a", tags: ["x"] });
  const read = () =>
    entra.read({ ...named(APPLICATION), id: made.id, inputs: made.inputs, outputs: made.outputs });
  expect((await read())?.inputs).toEqual(made.inputs);
  const record = store.get(made.id);
  if (record === undefined) throw new Error("not in the store");
  store.put({ ...record, properties: { ...record.properties, displayName: "changed" } });
  expect((await read())?.inputs).toEqual({ ...made.inputs, displayName: "changed" });
  store.remove(made.id);
  expect(await read()).toBeUndefined();
});

test("an application takes its principal and its credentials along", async () => {
  const { application } = await deployerApplication();
  await create(CREDENTIAL, { applicationId: application.id, displayName: "main", ...GITHUB });
  expect(store.list()).toHaveLength(3);
  await entra.delete({ ...named(APPLICATION), id: application.id, oldInputs: {}, oldOutputs: {} });
  expect(store.list()).toEqual([]);
});

describe("refusals", () => {
  test("a principal of no application, or a second one", async () => {
    await expect(create(PRINCIPAL, { clientId: guid(1) })).rejects.toThrow(
      "does not reference a valid application object",
    );
    await expect(create(PRINCIPAL, { clientId: "deployer" })).rejects.toThrow("is no GUID");
    const { clientId, principal } = await deployerApplication();
    await expect(create(PRINCIPAL, { clientId })).rejects.toThrow("is already in use");
    expect((await create(PRINCIPAL, { clientId, useExisting: true })).id).toBe(principal.id);
  });

  test("a credential on a client id, a twin, and one too many", async () => {
    const { application, clientId } = await deployerApplication();
    const credential = (displayName: string, subject: string, applicationId = application.id) =>
      create(CREDENTIAL, { ...GITHUB, applicationId, displayName, subject });
    await expect(credential("main", "s", clientId)).rejects.toThrow("Request_ResourceNotFound");
    await credential("main", "subject-0");
    await expect(credential("other", "subject-0")).rejects.toThrow(
      "issuer and subject combination already exists",
    );
    await expect(credential("main", "subject-1")).rejects.toThrow("with name main already exists");
    for (let number = 1; number < 20; number++) await credential(`c${number}`, `subject-${number}`);
    await expect(credential("last", "subject-20")).rejects.toThrow("at most 20");
  });

  test("missing inputs are named; unknown types and functions say what to do", async () => {
    const { failures } = await entra.check({
      ...named(CREDENTIAL),
      olds: {},
      news: { displayName: "d" },
      randomSeed: new Uint8Array(),
    });
    expect(failures.map(({ property }) => property)).toEqual([
      "applicationId",
      "audiences",
      "issuer",
      "subject",
    ]);
    expect(() => findEntraType("azuread:index/group:Group")).toThrow("local/entra/types.ts");
    await expect(entra.invoke("azuread:index/getUser:getUser", {}, "c")).rejects.toThrow(
      "local/entra/backend.ts",
    );
  });
});

test("getClientConfig says who runs the program", async () => {
  expect(await entra.invoke("azuread:index/getClientConfig:getClientConfig", {}, "c")).toEqual({
    id: `${TENANT}-${DEPLOYER}-${DEPLOYER}`,
    tenantId: TENANT,
    clientId: DEPLOYER,
    objectId: DEPLOYER,
  });
});

test("a new client id is a replacement of the principal, a new name none of the application", async () => {
  const diff = (type: string, oldInputs: JsonObject, newInputs: JsonObject) =>
    entra.diff({ ...named(type), id: "", oldInputs, oldOutputs: {}, newInputs, ignoreChanges: [] });
  expect((await diff(PRINCIPAL, { clientId: "a" }, { clientId: "b" })).changes).toEqual({
    clientId: "update-replace",
  });
  expect((await diff(APPLICATION, { displayName: "a" }, { displayName: "b" })).changes).toEqual({
    displayName: "update",
  });
});

test.each(entraTokens())("%s is a type of the SDK, with the SDK's names", (token) => {
  const file = /^azuread:index\/(\w+):/.exec(token)?.[1] ?? "";
  const source = readFileSync(require.resolve(`@pulumi/azuread/${file}`), "utf8");
  expect(source).toContain(`__pulumiType = '${token}'`);
  const type = findEntraType(token);
  const known = new Set([...source.matchAll(/resourceInputs\["(\w+)"\]/g)].map(([, key = ""]) => key));
  const used = [...type.required, ...type.computed, ...type.replaceOn, ...Object.keys(type.defaults)];
  expect(used.filter((key) => !known.has(key))).toEqual([]);
});
