import { canPullImage, evaluate, resolveFederation } from "../../local/azure/access";
import { findRole, permits, ROLES } from "../../local/azure/roles";
import { Azure, GROUP, principalOf, SUBSCRIPTION } from "./azure-support";
import { text } from "../../local/provider/values";

const ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const GET_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("evaluate", () => {
  test("an assignment holds at its scope and below, not beside it", async () => {
    const principal = principalOf(await azure.identity("api"));
    await azure.grant(principal, READER, GROUP);
    const read = (scope: string) =>
      evaluate(azure.store, principal, "Microsoft.Network/virtualNetworks/read", scope);
    expect(read(`${GROUP.toUpperCase()}/providers/Microsoft.Network/virtualNetworks/v`).allowed).toBe(true);
    expect(read(GROUP).allowed).toBe(true);
    expect(read(`${GROUP}2`).allowed).toBe(false);
    expect(read(`/subscriptions/${SUBSCRIPTION}`).allowed).toBe(false);
  });

  test("the answer is the chain that leads to it", async () => {
    const principal = principalOf(await azure.identity("api"));
    const nothing = evaluate(azure.store, principal, GET_SECRET, GROUP);
    expect(nothing.chain).toEqual([
      `nothing lets principal ${principal} do ${GET_SECRET} on ${GROUP}`,
      "it holds no role at all",
    ]);
    const identity = azure.store.list({ type: "Microsoft.ManagedIdentity/userAssignedIdentities" })[0];
    await azure.grant(principal, READER, identity?.id ?? "");
    expect(evaluate(azure.store, principal, GET_SECRET, GROUP).chain[1]).toMatch(
      /^its roles are elsewhere: Reader on .*\/api$/,
    );
    await azure.grant(principal, OWNER, GROUP);
    expect(evaluate(azure.store, principal, GET_SECRET, GROUP).chain[1]).toBe(
      `its roles there do not permit it: Owner on ${GROUP}`,
    );
    await azure.grant(principal, "4633458b-17de-408a-b874-0445c86b69e6", GROUP);
    const found = evaluate(azure.store, principal, GET_SECRET, GROUP);
    expect(found.allowed).toBe(true);
    expect(found.chain[1]).toMatch(/^holds Key Vault Secrets User on .* \(assignment 0{8}-.*\)$/);
  });

  test("a role that the program defines counts", async () => {
    const principal = principalOf(await azure.identity("api"));
    const id = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/99999999-9999-4999-8999-999999999999`;
    const permissions = [{ actions: ["Microsoft.Cache/*"], notActions: ["*/delete"] }];
    azure.store.put({
      id,
      cloud: "azure",
      type: "Microsoft.Authorization/roleDefinitions",
      properties: { roleName: "Cache", permissions },
      createdAt: "",
      seconds: 0,
    });
    await azure.grant(principal, "99999999-9999-4999-8999-999999999999", GROUP);
    expect(evaluate(azure.store, principal, "Microsoft.Cache/redis/write", GROUP).allowed).toBe(true);
    expect(evaluate(azure.store, principal, "Microsoft.Cache/redis/delete", GROUP).allowed).toBe(false);
  });
});

describe("roles", () => {
  test("ids are GUIDs and no two roles share one", () => {
    expect(ROLES.filter(({ id }) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
    expect(new Set(ROLES.map(({ id }) => id)).size).toBe(ROLES.length);
  });

  test.each([
    [OWNER, GET_SECRET, false],
    [OWNER, "Microsoft.Authorization/roleAssignments/write", true],
    [CONTRIBUTOR, "Microsoft.Authorization/roleAssignments/write", false],
    [CONTRIBUTOR, "Microsoft.ContainerService/managedClusters/write", true],
    [CONTRIBUTOR, "Microsoft.ContainerService/managedClusters/pods/read", false],
    ["b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b", "Microsoft.ContainerService/managedClusters/pods/read", true],
    [
      "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
      "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
      true,
    ],
    ["7f6c6a51-bcf8-42ba-9220-52d62157d7db", "Microsoft.ContainerService/managedClusters/pods/write", false],
    [READER, "Microsoft.ContainerRegistry/registries/pull/read", true],
    [ACR_PULL, "Microsoft.ContainerRegistry/registries/push/write", false],
  ])("%s %s: %s", (id, action, expected) => {
    const role = findRole(id);
    expect(role !== undefined && permits(role, action)).toBe(expected);
  });
});

test("the kubelet pulls once it has AcrPull; a client id is no principal", async () => {
  const identity = await azure.identity("kubelet");
  const registry = await azure.create("containerregistry:Registry", {
    resourceGroupName: "rg",
    registryName: "images",
    sku: { name: "Basic" },
  });
  const pull = (id: string, server = "images.azurecr.io") => canPullImage(azure.store, id, server);
  expect(pull(principalOf(identity)).allowed).toBe(false);
  await azure.grant(principalOf(identity), ACR_PULL, registry.id);
  expect(pull(principalOf(identity)).allowed).toBe(true);
  expect(pull(text(identity.outputs, "clientId") ?? "").allowed).toBe(false);
  expect(pull(principalOf(identity), "other.azurecr.io").chain).toEqual([
    "no registry has the login server other.azurecr.io",
  ]);
});

describe("federation", () => {
  const token = {
    issuer: "https://issuer/t/",
    subject: "system:serviceaccount:api:api",
    audience: "api://AzureADTokenExchange",
  };

  beforeEach(async () => {
    await azure.identity("api");
    await azure.create("managedidentity:FederatedIdentityCredential", {
      resourceGroupName: "rg",
      resourceName: "api",
      federatedIdentityCredentialResourceName: "pod",
      issuer: token.issuer,
      subject: token.subject,
      audiences: [token.audience],
    });
  });

  const resolve = (changes: Partial<typeof token>) => {
    const identity = azure.store.list({ type: "Microsoft.ManagedIdentity/userAssignedIdentities" })[0];
    return resolveFederation(azure.store, {
      ...token,
      clientId: text(identity?.properties, "clientId") ?? "",
      ...changes,
    });
  };

  test("a token that matches to the letter gives the identity's principal", () => {
    const identity = azure.store.list({ type: "Microsoft.ManagedIdentity/userAssignedIdentities" })[0];
    expect(resolve({})).toMatchObject({ allowed: true, principalId: identity?.properties["principalId"] });
  });

  test.each<[string, Partial<typeof token>, string]>([
    [
      "an issuer without its slash",
      { issuer: "https://issuer/t" },
      "AADSTS700211: issuer is 'https://issuer/t/', the token has 'https://issuer/t' (only the trailing slash differs)",
    ],
    ["another service account", { subject: "system:serviceaccount:api:other" }, "AADSTS700213"],
    ["another audience", { audience: "sts" }, "AADSTS700212"],
  ])("%s does not", (_what, changes, reason) => {
    const decision = resolve(changes);
    expect(decision.allowed).toBe(false);
    expect(decision.chain[1]).toContain(reason);
  });

  test("an identity without credentials, and an unknown client", async () => {
    const other = await azure.identity("other");
    const none = resolveFederation(azure.store, {
      ...token,
      clientId: text(other.outputs, "clientId") ?? "",
    });
    expect(none.chain[1]).toContain("AADSTS70021");
    expect(resolveFederation(azure.store, { ...token, clientId: "x" }).chain[0]).toContain("AADSTS700016");
  });
});
