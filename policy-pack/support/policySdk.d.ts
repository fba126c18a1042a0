export {};

/** @pulumi/policy 1.21.0 exports these at run time, but its declarations leave them out (stripInternal). */
declare module "@pulumi/policy/proxy" {
  /** Wraps a resource's inputs so that reading a value which a preview does not know throws. */
  export function unknownCheckingProxy<T extends object>(inputs: T): T;

  export class UnknownValueError extends Error {
    /** Path of the unknown value in the resource's inputs. */
    public readonly props: readonly string[];
  }
}

declare module "@pulumi/policy/deserialize" {
  /** Turns properties of the engine into what a policy sees; secrets are unwrapped. */
  export function deserializeProperties(
    properties: { toJavaScript(): unknown },
    proxySecrets: boolean,
  ): unknown;
}
