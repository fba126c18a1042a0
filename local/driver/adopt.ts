import {
  type CreateRequest,
  type ProviderBackend,
  ProviderError,
  type ResourceState,
} from "../provider/backend";
import type { Located } from "./pending";

/** Codes with which Azure's provider and Kubernetes refuse to create what is there. */
const EXISTS: readonly string[] = ["ResourceExists", "AlreadyExists"];

/**
 * A backend that takes over what it is asked to create and what exists already. After a run that was cut off the
 * cloud may hold objects that neither the state nor its pending operations know: the answer to their creation was
 * lost with the process. A stack's emulated cloud holds nothing but that stack's objects, so one that is found is
 * the one that was meant.
 */
export function adopting(
  backend: ProviderBackend,
  locate: (request: CreateRequest) => Located | undefined,
): ProviderBackend {
  const create = async (request: CreateRequest): Promise<ResourceState> => {
    try {
      return await backend.create(request);
    } catch (error) {
      const found =
        error instanceof ProviderError && EXISTS.includes(error.code) ? locate(request) : undefined;
      if (found === undefined) throw error;
      const { inputs: newInputs, ...rest } = request;
      return await backend.update({ ...rest, id: found.id, oldInputs: newInputs, oldOutputs: {}, newInputs });
    }
  };
  // Methods of a backend may be those of its class: the prototype keeps them, and `this` with its fields.
  return Object.assign(Object.create(backend) as ProviderBackend, { create });
}
