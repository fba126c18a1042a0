import { readFile } from "node:fs/promises";

/** What the workload identity webhook of AKS gives to a pod: https://azure.github.io/azure-workload-identity */
export interface WorkloadIdentity {
  /** File with the token of the pod's service account; Kubernetes replaces it before it expires. */
  readonly tokenFile: string;
  readonly clientId: string;
  readonly tenantId: string;
  /** Microsoft Entra ID: `https://login.microsoftonline.com/` */
  readonly authorityHost: string;
}

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A token is renewed so long before it expires: as long as most are valid after a failed renewal. */
export const RENEW_BEFORE_MS = 5 * 60_000;
const REQUEST_TIMEOUT_MS = 5000;

/**
 * Access tokens of the pod's managed identity, without a secret: the service account's token is exchanged for them.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, third case.
 */
export class EntraTokens {
  readonly #cached = new Map<string, AccessToken>();
  readonly #pending = new Map<string, Promise<AccessToken>>();

  constructor(private readonly identity: WorkloadIdentity) {}

  /**
   * A token for a scope such as `https://redis.azure.com/.default`, from the cache until shortly before it expires.
   *
   * @throws {Error} when there is none that is valid and Entra ID gives no new one; the message holds no token
   */
  async get(scope: string): Promise<AccessToken> {
    const cached = this.#cached.get(scope);
    const validFor = cached === undefined ? 0 : cached.expiresAt - Date.now();
    if (cached !== undefined && validFor > RENEW_BEFORE_MS) return cached;
    try {
      return await this.#renew(scope);
    } catch (error) {
      if (cached !== undefined && validFor > 0) return cached;
      throw error;
    }
  }

  /** Callers at the same time share one request. */
  #renew(scope: string): Promise<AccessToken> {
    const pending = this.#pending.get(scope);
    if (pending !== undefined) return pending;
    const renewal = this.#request(scope).finally(() => this.#pending.delete(scope));
    this.#pending.set(scope, renewal);
    return renewal;
  }

  async #request(scope: string): Promise<AccessToken> {
    const { tokenFile, clientId, tenantId, authorityHost } = this.identity;
    const response = await fetch(new URL(`${tenantId}/oauth2/v2.0/token`, authorityHost), {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        scope,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: (await readFile(tokenFile, "utf8")).trim(),
      }),
      redirect: "error",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    const { access_token: text, expires_in: seconds } = answer;
    if (!response.ok || typeof text !== "string" || typeof seconds !== "number") {
      const code = typeof answer.error === "string" ? answer.error : "no token";
      throw new Error(`Entra ID gave no token for ${scope}: got ${response.status} ${code}.`);
    }
    const token = { text, expiresAt: Date.now() + seconds * 1000 };
    this.#cached.set(scope, token);
    return token;
  }
}

/** The object id of the identity that the token is for: the user name at Azure Managed Redis. */
export function objectIdOf({ text }: AccessToken): string {
  const [, payload = ""] = text.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  if (typeof claims.oid !== "string") throw new Error("The token of Entra ID has no claim 'oid'.");
  return claims.oid;
}
