/** One provider for two sorts of resources: objects of the API server, and Helm releases. */
import type {
  CheckRequest,
  CheckResult,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  JsonObject,
  ProviderBackend,
  ReadRequest,
  ResourceRequest,
  ResourceState,
  UpdateRequest,
} from "../../provider/backend";

const RELEASE = "kubernetes:helm.sh/v3:Release";

type ResourceMethods = Pick<ProviderBackend, "check" | "create" | "delete" | "diff" | "read" | "update">;

export class ReleaseRouter implements ProviderBackend {
  public readonly name: string;
  public readonly version: string;

  public constructor(
    private readonly objects: ProviderBackend & Required<Pick<ProviderBackend, "diffConfig">>,
    private readonly releases: ResourceMethods,
  ) {
    this.name = objects.name;
    this.version = objects.version;
  }

  public configure(connection: string, inputs: JsonObject): Promise<void> {
    return this.objects.configure(connection, inputs);
  }

  public diffConfig(oldInputs: JsonObject, newInputs: JsonObject): Promise<DiffResult> {
    return this.objects.diffConfig(oldInputs, newInputs);
  }

  public invoke(token: string, inputs: JsonObject, connection: string): Promise<JsonObject> {
    return this.objects.invoke(token, inputs, connection);
  }

  public check(request: CheckRequest): Promise<CheckResult> {
    return this.for(request).check(request);
  }

  public diff(request: DiffRequest): Promise<DiffResult> {
    return this.for(request).diff(request);
  }

  public create(request: CreateRequest): Promise<ResourceState> {
    return this.for(request).create(request);
  }

  public read(request: ReadRequest): Promise<ResourceState | undefined> {
    return this.for(request).read(request);
  }

  public update(request: UpdateRequest): Promise<ResourceState> {
    return this.for(request).update(request);
  }

  public delete(request: DeleteRequest): Promise<void> {
    return this.for(request).delete(request);
  }

  private for({ type }: ResourceRequest): ResourceMethods {
    return type === RELEASE ? this.releases : this.objects;
  }
}
