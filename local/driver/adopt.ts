import { CREATE_BEFORE_DELETE } from "../azure/naming";
import {
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type JsonObject,
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
 * the one that was meant; so is one whose name was made up by chance from the same logical name.
 */
export function adopting(
  backend: ProviderBackend,
  locate: (request: CreateRequest) => Located | undefined,
  withExistingName: (request: CheckRequest, inputs: JsonObject) => JsonObject | undefined,
): ProviderBackend {
  const check = async (request: CheckRequest): Promise<CheckResult> => {
    const checked = await backend.check(request);
    const isNamedByChance = CREATE_BEFORE_DELETE in checked.inputs && !(CREATE_BEFORE_DELETE in request.olds);
    const named = isNamedByChance ? withExistingName(request, checked.inputs) : undefined;
    return named ? { ...checked, inputs: named } : checked;
  };
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
  return Object.assign(Object.create(backend) as ProviderBackend, { check, create });
}
