import { unknownCheckingProxy, UnknownValueError } from "@pulumi/policy";
import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

/** The engine's markers for a value that a preview does not know (@pulumi/policy, proxy.ts). */
export const UNKNOWN = {
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  string: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  array: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  object: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
} as const;

/** What a policy answers about a resource. */
export interface Verdict {
  readonly violations: readonly string[];
  /** Why the policy says nothing about the resource. */
  readonly notApplicable?: string;
  /** Path of the value without which the policy could not be judged; the engine reports this as advisory. */
  readonly unknown?: string;
}

export interface CheckOptions {
  /** Logical name of the resource. @default "subject" */
  readonly name?: string;
  /** The policy's configuration. @default {} */
  readonly config?: object;
}

class NotApplicable extends Error {}

/** Runs a policy on a resource's inputs as the analyzer of @pulumi/policy does: unknowns throw when they are read. */
export async function check(
  policy: ResourceValidationPolicy,
  type: string,
  props: object,
  { name = "subject", config = {} }: CheckOptions = {},
): Promise<Verdict> {
  const violations: string[] = [];
  const args = validationArgs(type, props, name, config);
  for (const validate of [policy.validateResource ?? []].flat()) {
    try {
      await validate(args, (message) => {
        violations.push(message);
      });
    } catch (error) {
      if (error instanceof NotApplicable) return { violations, notApplicable: error.message };
      if (error instanceof UnknownValueError) return { violations, unknown: error.props.join(".") };
      throw error;
    }
  }
  return { violations };
}

function validationArgs(type: string, props: object, name: string, config: object): ResourceValidationArgs {
  return {
    type,
    name,
    urn: `urn:pulumi:dev::aks-platform::${type}::${name}`,
    props: unknownCheckingProxy(overTheWire(props)),
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    stackTags: new Map(),
    getConfig: () => config as never,
    isType: (resourceClass) => pulumiTypeOf(resourceClass) === type,
    asType: () => {
      throw new Error("asType matches one API version alone; policies of this pack match the type's name.");
    },
    notApplicable: (reason) => {
      throw new NotApplicable(reason);
    },
  };
}

function pulumiTypeOf(resourceClass: unknown): unknown {
  return (resourceClass as { readonly __pulumiType?: unknown }).__pulumiType;
}

/** Resource inputs reach a policy as JSON. (A structuredClone is of another realm under jest, which hides it from the proxy.) */
function overTheWire(props: object): object {
  return JSON.parse(JSON.stringify(props)) as object;
}
