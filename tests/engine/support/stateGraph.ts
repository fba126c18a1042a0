/** What the engine's own state says must exist before what: the order of creation, and reversed that of a destroy. */
import { type StateResource, nameOf } from "../../../local/driver/state";
import type { DriverHome } from "../../support/driver";

export class StateGraph {
  private readonly byUrn: ReadonlyMap<string, StateResource>;
  private readonly known = new Map<string, ReadonlySet<string>>();

  public constructor(public readonly resources: readonly StateResource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  }

  /**
   * Brings a stack up and reads its state.
   * @throws Error where that fails
   */
  public static async of(driver: DriverHome, stack: string): Promise<StateGraph> {
    const { ok, errors } = await driver.summary("up", "--stack", stack);
    if (!ok) throw new Error(`${stack} did not come up: ${JSON.stringify(errors)}`);
    return new StateGraph(driver.state(stack)?.resources ?? []);
  }

  /**
   * Names of all that must exist before a resource: dependencies, its provider, and theirs. (Parents are components,
   * which stand for nothing in the cloud, or dependencies as well.)
   * @throws Error where the state holds none of that name, or several that a provider manages
   */
  public before(name: string): ReadonlySet<string> {
    const [resource, ...others] = this.resources.filter(({ urn, custom }) => custom && nameOf(urn) === name);
    if (!resource || others.length > 0)
      throw new Error(`the state holds ${others.length && "several"} ${name}`);
    return new Set([...this.ancestors(resource.urn)].map(nameOf));
  }

  /** Names of a type's resources, in the order of the state. */
  public namesOf(type: string): string[] {
    const found = this.resources.filter((resource) => resource.type === `azure-native:${type}`);
    if (found.length === 0) throw new Error(`the state holds no ${type}`);
    return found.map(({ urn }) => nameOf(urn));
  }

  /**
   * The resources of some types, by the resource of Azure that they are written to.
   * @param types type tokens without the provider; their ARM ids end in a type and a name below that resource's
   */
  public writersOf(...types: readonly string[]): Map<string, StateResource[]> {
    const groups = new Map<string, StateResource[]>();
    for (const type of types) this.namesOf(type);
    for (const resource of this.resources) {
      if (!types.includes(resource.type.replace("azure-native:", ""))) continue;
      const target = (resource.id ?? "").replace(/(\/providers\/[^/]+)?\/[^/]+\/[^/]+$/, "").toLowerCase();
      groups.set(target, [...(groups.get(target) ?? []), resource]);
    }
    return groups;
  }

  /** Pairs of which neither must exist before the other: Azure might be asked for both at once. */
  public unordered(group: readonly StateResource[]): string[] {
    return group.flatMap((one, index) =>
      group
        .slice(index + 1)
        .filter(({ urn }) => !this.ancestors(urn).has(one.urn) && !this.ancestors(one.urn).has(urn))
        .map(({ urn }) => `${nameOf(one.urn)} and ${nameOf(urn)}`),
    );
  }

  private ancestors(urn: string): ReadonlySet<string> {
    const known = this.known.get(urn);
    if (known) return known;
    const resource = this.byUrn.get(urn);
    const provider = resource?.provider?.split("::").slice(0, -1).join("::");
    const direct = [...(resource?.dependencies ?? []), ...(provider === undefined ? [] : [provider])];
    const found = new Set(direct.flatMap((before) => [before, ...this.ancestors(before)]));
    this.known.set(urn, found);
    return found;
  }
}
