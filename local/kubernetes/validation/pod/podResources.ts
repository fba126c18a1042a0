/** Rules for requests and limits of a whole pod (pkg/apis/core/validation: validatePodResources). */
import type { Field } from "../field";
import { exceeds, formatQuantity } from "../../quantity";
import { isHugePages, validateResourceName } from "../resourceNames";
import { quantityOf } from "../syntax";
import { validateRequirements } from "./resources";

export function validatePodResources(spec: Field): void {
  const resources = spec.child("resources");
  if (!resources.isSet || resources.isUnknown) return;
  if (spec.child("os", "name").text === "windows") {
    resources.forbidden("may not be set for a windows pod");
    return;
  }
  if (resources.child("claims").isSet)
    resources.child("claims").forbidden("claims may not be set for Resources at pod-level");
  validateRequirements(resources, validatePodResourceName);
  validateAgainstContainers(resources, spec.child("containers").items);
}

function validatePodResourceName(field: Field, name: string): void {
  if (!validateResourceName(field, name)) return;
  if (name !== "cpu" && name !== "memory" && !isHugePages(name))
    field.unsupported(["cpu", "hugepages-", "memory"], name);
}

/** The pod asks for what its containers ask for together, and allows what any of them is allowed. */
function validateAgainstContainers(resources: Field, containers: readonly Field[]): void {
  for (const [name, request] of resources.child("requests").entries) {
    const amounts = containers.map((container) => {
      const own = container.child("resources");
      const asked = own.child("requests").child(name).text || own.child("limits").child(name).text;
      return asked === "" ? 0 : quantityOf(asked);
    });
    const sum = amounts.reduce((total, amount) => total + amount, 0);
    if (exceeds(sum, quantityOf(request.text))) {
      const shown = formatQuantity(name, sum);
      request.invalid(`must be greater than or equal to aggregate container requests of ${shown}`);
    }
  }
  for (const [name, most] of resources.child("limits").entries) {
    containers.forEach((container, index) => {
      const limit = container.child("resources", "limits").child(name);
      if (limit.text === "" || !exceeds(quantityOf(limit.text), quantityOf(most.text))) return;
      const place = limit.as(`${resources.path}.containers[${index}][${name}].limits`);
      place.invalid(`must be less than or equal to pod limits of ${most.text}`);
    });
  }
}
