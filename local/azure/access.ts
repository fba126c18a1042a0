/**
 * Who may do what, computed from what is in the cloud: role assignments with their inheritance, and federated
 * credentials. Each answer says why, so that a refusal can be acted on.
 */
import type { CloudRecord, CloudStore } from "../cloud/store";
import { isWithin, nameOf, ownerIdOf } from "./ids";
import { findRole, permits, type Role } from "./roles";
import { objects, strings, text } from "../provider/values";

export interface Decision {
  readonly allowed: boolean;
  /** The steps that lead to the answer, in order: what grants it, or what is missing and what is there instead. */
  readonly chain: string[];
}

export interface FederatedRequest {
  /** Issuer of the token, exactly as the token has it. */
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  /** Client id of the identity or application that the token is exchanged for. */
  readonly clientId: string;
}

const ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";
const CREDENTIAL = `${IDENTITY}/federatedIdentityCredentials`;

/**
 * May a principal do an action at a scope? Assignments at the scope and at everything above it count.
 * @param principalId object id, not client id.
 * @param action such as `Microsoft.KeyVault/vaults/secrets/getSecret/action`.
 */
export function evaluate(store: CloudStore, principalId: string, action: string, scopeId: string): Decision {
  const held = store
    .list({ cloud: "azure", type: ASSIGNMENT })
    .filter(({ properties }) => text(properties, "principalId")?.toLowerCase() === principalId.toLowerCase());
  const inherited = held.filter(({ properties }) => isWithin(scopeId, text(properties, "scope") ?? ""));
  for (const assignment of inherited) {
    const role = roleOf(store, assignment);
    if (role !== undefined && permits(role, action)) {
      return {
        allowed: true,
        chain: [
          `principal ${principalId}`,
          `holds ${role.name} on ${text(assignment.properties, "scope") ?? ""} (assignment ${nameOf(assignment.id)})`,
          `which permits ${action} on ${scopeId}`,
        ],
      };
    }
  }
  return { allowed: false, chain: explainDenial(store, principalId, action, scopeId, held, inherited) };
}

/** May the kubelet with this identity pull from the registry with this login server? */
export function canPullImage(store: CloudStore, principalObjectId: string, loginServer: string): Decision {
  const registry = store
    .list({ type: "Microsoft.ContainerRegistry/registries" })
    .find(({ properties }) => text(properties, "loginServer") === loginServer.toLowerCase());
  if (registry === undefined) {
    return { allowed: false, chain: [`no registry has the login server ${loginServer}`] };
  }
  if (registry.properties["anonymousPullEnabled"] === true) {
    return { allowed: true, chain: [`registry ${registry.id} lets anyone pull (anonymousPullEnabled)`] };
  }
  const decision = evaluate(
    store,
    principalObjectId,
    "Microsoft.ContainerRegistry/registries/pull/read",
    registry.id,
  );
  return { ...decision, chain: [`image registry ${loginServer} is ${registry.id}`, ...decision.chain] };
}

/** Does Entra ID give a token for this identity in exchange for that of a pod (or a workflow)? */
export function resolveFederation(
  store: CloudStore,
  request: FederatedRequest,
): Decision & { principalId?: string } {
  const target = findTarget(store, request.clientId);
  if (target === undefined) {
    return {
      allowed: false,
      chain: [`AADSTS700016: no identity or application has the client id ${request.clientId}`],
    };
  }
  const match = target.credentials.find(({ properties }) => mismatch(properties, request) === undefined);
  if (match === undefined) {
    const reasons = target.credentials.map(
      ({ id, properties }) => `${nameOf(id)}: ${mismatch(properties, request) ?? ""}`,
    );
    const none = "AADSTS70021: no federated identity credential is configured on it";
    return {
      allowed: false,
      chain: [
        `${target.label} has client id ${request.clientId}`,
        ...(reasons.length > 0 ? reasons : [none]),
      ],
    };
  }
  const chain = [
    `token of ${request.subject} from ${request.issuer}`,
    `matches federated credential ${nameOf(match.id)} to the letter`,
    `of ${target.label}, principal ${target.principalId}`,
  ];
  return { allowed: true, chain, principalId: target.principalId };
}

interface FederationTarget {
  readonly label: string;
  readonly principalId: string;
  readonly credentials: readonly CloudRecord[];
}

function findTarget(store: CloudStore, clientId: string): FederationTarget | undefined {
  const identity = store
    .list({ type: IDENTITY })
    .find(({ properties }) => text(properties, "clientId") === clientId);
  if (identity !== undefined) {
    const credentials = store.list({ type: CREDENTIAL, under: identity.id });
    return {
      label: `managed identity ${nameOf(identity.id)}`,
      principalId: text(identity.properties, "principalId") ?? "",
      credentials: credentials.filter(({ id }) => ownerIdOf(id)?.toLowerCase() === identity.id.toLowerCase()),
    };
  }
  const byClientId = ({ properties }: CloudRecord): boolean => text(properties, "clientId") === clientId;
  const application = store.list({ type: "applications" }).find(byClientId);
  const servicePrincipal = store.list({ type: "servicePrincipals" }).find(byClientId);
  if (application === undefined || servicePrincipal === undefined) return undefined;
  return {
    label: `application ${text(application.properties, "displayName") ?? clientId}`,
    principalId: text(servicePrincipal.properties, "objectId") ?? "",
    credentials: store.list({ type: "applications/federatedIdentityCredentials", under: application.id }),
  };
}

/** Entra ID compares issuer, subject and audience as they are; its codes tell which of them was wrong. */
function mismatch(credential: CloudRecord["properties"], request: FederatedRequest): string | undefined {
  const issuer = text(credential, "issuer") ?? "";
  if (issuer !== request.issuer) {
    const slash =
      issuer.replace(/\/$/, "") === request.issuer.replace(/\/$/, "")
        ? " (only the trailing slash differs)"
        : "";
    return `AADSTS700211: issuer is '${issuer}', the token has '${request.issuer}'${slash}`;
  }
  const subject = text(credential, "subject") ?? "";
  if (subject !== request.subject)
    return `AADSTS700213: subject is '${subject}', the token has '${request.subject}'`;
  const audiences = strings(credential, "audiences");
  if (audiences.includes(request.audience)) return undefined;
  return `AADSTS700212: audience is '${audiences.join(", ")}', the token has '${request.audience}'`;
}

function roleOf(store: CloudStore, assignment: CloudRecord): Role | undefined {
  return findRoleDefinition(store, text(assignment.properties, "roleDefinitionId") ?? "");
}

/** A built-in role, or one that the program defined. */
export function findRoleDefinition(store: CloudStore, roleDefinitionId: string): Role | undefined {
  const builtIn = findRole(roleDefinitionId);
  if (builtIn !== undefined) return builtIn;
  const custom = store
    .list({ type: "Microsoft.Authorization/roleDefinitions" })
    .find(({ id }) => nameOf(id).toLowerCase() === nameOf(roleDefinitionId).toLowerCase());
  if (custom === undefined) return undefined;
  const permissions = objects(custom.properties, "permissions");
  const all = (key: string): string[] => permissions.flatMap((permission) => strings(permission, key));
  return {
    id: nameOf(custom.id),
    name: text(custom.properties, "roleName") ?? nameOf(custom.id),
    actions: all("actions"),
    notActions: all("notActions"),
    dataActions: all("dataActions"),
  };
}

function explainDenial(
  store: CloudStore,
  principalId: string,
  action: string,
  scopeId: string,
  held: readonly CloudRecord[],
  inherited: readonly CloudRecord[],
): string[] {
  const describe = (assignment: CloudRecord): string =>
    `${roleOf(store, assignment)?.name ?? "an unknown role"} on ${text(assignment.properties, "scope") ?? ""}`;
  const needed = `nothing lets principal ${principalId} do ${action} on ${scopeId}`;
  if (held.length === 0) return [needed, "it holds no role at all"];
  if (inherited.length === 0) return [needed, `its roles are elsewhere: ${held.map(describe).join("; ")}`];
  return [needed, `its roles there do not permit it: ${inherited.map(describe).join("; ")}`];
}
