/** ARM resource ids: `/subscriptions/<id>/resourceGroups/<group>/providers/<namespace>/<type>/<name>...`. */

/** Where resources of a type live: how an id is put together from path parameters (inputs of those names). */
export interface IdShape {
  /** ARM type, such as `Microsoft.ContainerService/managedClusters/agentPools`. */
  readonly armType: string;
  /** Id with path parameters in braces. */
  readonly template: string;
  /** Path parameters, outermost first; the last is the resource's own name. */
  readonly parameters: readonly string[];
}

const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/** A resource in a resource group; `parameters` are the names of the inputs for each level of the type. */
export function inGroup(armType: string, ...parameters: string[]): IdShape {
  return {
    armType,
    template: `${GROUP}${providerPath(armType, parameters)}`,
    parameters: ["resourceGroupName", ...parameters.filter((parameter) => !parameter.startsWith("="))],
  };
}

/** An extension resource: it belongs to the resource (or group, or subscription) that an input names by id. */
export function onScope(scopeInput: string, armType: string, ownName: string): IdShape {
  return {
    armType,
    template: `{${scopeInput}}${providerPath(armType, [ownName])}`,
    parameters: [scopeInput, ownName],
  };
}

/** A resource of the subscription itself. */
export function inSubscription(armType: string, template: string, ownName: string): IdShape {
  return { armType, template: `/subscriptions/{subscriptionId}${template}`, parameters: [ownName] };
}

/** A parameter that starts with `=` is a fixed name, such as `=default`. */
function providerPath(armType: string, parameters: readonly string[]): string {
  const [namespace, ...types] = armType.split("/");
  const levels = types.map((type, level) => {
    const parameter = parameters[level] ?? "";
    return `/${type}/${parameter.startsWith("=") ? parameter.slice(1) : `{${parameter}}`}`;
  });
  return `/providers/${namespace}${levels.join("")}`;
}

/** Fills a template in. @throws if a parameter has no value. */
export function formatId(shape: IdShape, values: Readonly<Record<string, unknown>>): string {
  return shape.template.replace(/\{(\w+)\}/g, (_match, parameter: string) => {
    const value = values[parameter];
    if (typeof value !== "string" || value === "") {
      throw new Error(`the id of a ${shape.armType} needs "${parameter}", got ${JSON.stringify(value)}`);
    }
    return value;
  });
}

/** Path parameters read back from an id of the given shape, or undefined if the id has another shape. */
export function parseId(shape: IdShape, id: string): Record<string, string> | undefined {
  const pattern = shape.template
    .split(/(\{\w+\})/)
    .map((part) => {
      const parameter = /^\{(\w+)\}$/.exec(part)?.[1];
      if (parameter === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return shape.template.startsWith(part) ? `(?<${parameter}>/.+)` : `(?<${parameter}>[^/]+)`;
    })
    .join("");
  return new RegExp(`^${pattern}$`, "i").exec(id)?.groups;
}

export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** True where `id` is `scope` or lies below it. */
export function isWithin(id: string, scope: string): boolean {
  const inner = id.toLowerCase();
  const outer = scope.toLowerCase().replace(/\/$/, "");
  return inner === outer || inner.startsWith(`${outer}/`);
}

export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

export function subscriptionOf(id: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
}

/** Id of the resource group that an id lies in, or undefined. */
export function groupIdOf(id: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(id)?.[0];
}

/** Id of the resource that a child or an extension resource belongs to; undefined for a resource of a group. */
export function ownerIdOf(id: string): string | undefined {
  const segments = id.split("/");
  const provider = segments.map((segment) => segment.toLowerCase()).lastIndexOf("providers");
  if (provider < 0) return undefined;
  const isChild = segments.length - provider > 4;
  const owner = isChild ? segments.slice(0, -2) : segments.slice(0, provider);
  return owner.length > 1 ? owner.join("/") : undefined;
}

/** ARM type of the resource that an id names, such as `Microsoft.Network/virtualNetworks/subnets`. */
export function armTypeOf(id: string): string {
  const [, path = ""] = /.*\/providers\/(.+)$/i.exec(id) ?? [];
  const [namespace, ...rest] = path.split("/");
  return [namespace, ...rest.filter((_segment, index) => index % 2 === 0)].join("/");
}
