import type { Request } from "express";
import type { ItemStore } from "../data/items";
import {
  DEFAULT_LIMIT,
  ID,
  json,
  JSON_CONTENT_TYPE,
  MAX_ID,
  MAX_LIMIT,
  MAX_NAME_LENGTH,
  object,
  refusal,
  schema,
} from "../openapi/schemas";
import type { Operation, Parameter } from "../openapi/types";
import { type ApiResponse, respondEmpty, respondJson, respondProblem } from "../respond";
import type { ApiHandler, Route } from "./routes";

/** Control characters, and halves of surrogate pairs: PostgreSQL takes no U+0000, and logs and terminals none of them. */
const UNWANTED = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/u;
const UNCONFIGURED = "This deployment has no database, so that it has no items.";
const NO_SUCH_ITEM = "There is no such item.";

/** A whole number in decimal digits alone, within the bounds. */
function wholeNumber(text: unknown, min: number, max: number): number | undefined {
  if (typeof text !== "string" || !/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

function queryNumber(request: Request, name: string, fallback: number, min: number, max: number) {
  const text = request.query[name];
  return text === undefined ? fallback : wholeNumber(text, min, max);
}

/** The name in a body that has exactly that; otherwise what is wrong with it. */
function nameIn(body: unknown): { readonly name: string } | { readonly fault: string } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { fault: 'The body has to be a JSON object: {"name": "…"}.' };
  }
  const unknown = Object.keys(body).filter((key) => key !== "name");
  if (unknown.length > 0) return { fault: "The body has to have the property name alone." };
  const { name } = body as { name?: unknown };
  // JSON Schema counts characters, not UTF-16 units.
  const length = typeof name === "string" ? Array.from(name).length : 0;
  if (typeof name !== "string" || length === 0 || length > MAX_NAME_LENGTH || UNWANTED.test(name)) {
    return { fault: `name has to be text of 1 to ${MAX_NAME_LENGTH} characters without control characters.` };
  }
  return { name };
}

type StoreHandler = (store: ItemStore, request: Request, response: ApiResponse) => Promise<void>;

/** `/items`: exercises the data tier of the platform. Without one, every method answers 404 and says so. */
export function itemRoutes(store: ItemStore | undefined): readonly Route[] {
  const withStore =
    (handle: StoreHandler): ApiHandler =>
    async (request, response) => {
      if (store === undefined) respondProblem(response, 404, UNCONFIGURED);
      else await handle(store, request as Request, response);
    };
  return [
    {
      path: "/items",
      operations: { get: LIST, post: CREATE },
      get: withStore(list),
      post: withStore(create),
    },
    {
      path: "/items/:id",
      operations: { get: READ, delete: DELETE },
      get: withStore(read),
      delete: withStore(remove),
    },
  ];
}

async function list(store: ItemStore, request: Request, response: ApiResponse): Promise<void> {
  const limit = queryNumber(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
  const after = queryNumber(request, "after", 0, 0, MAX_ID);
  if (limit === undefined || after === undefined) {
    const detail = `limit has to be a whole number from 1 to ${MAX_LIMIT}, and after one from 0 to ${MAX_ID}.`;
    respondProblem(response, 400, detail);
    return;
  }
  const items = await store.list(limit, after, response.locals.trace);
  const next = items.length === limit ? items.at(-1)?.id : undefined;
  respondJson(response, 200, { items, next: next ?? null });
}

async function create(store: ItemStore, request: Request, response: ApiResponse): Promise<void> {
  if (request.is(JSON_CONTENT_TYPE) === false) {
    respondProblem(response, 415, `Send the item as ${JSON_CONTENT_TYPE}.`);
    return;
  }
  const input = nameIn(request.body);
  if ("fault" in input) {
    respondProblem(response, 400, input.fault);
    return;
  }
  const item = await store.create(input.name, response.locals.trace);
  if (item === undefined) respondProblem(response, 409, "There is no room for more items. Delete some.");
  else respondJson(response, 201, item, ["Location", `/items/${item.id}`]);
}

async function read(store: ItemStore, request: Request, response: ApiResponse): Promise<void> {
  const id = wholeNumber(request.params.id, 1, MAX_ID);
  const item = id === undefined ? undefined : await store.get(id, response.locals.trace);
  if (item === undefined) respondProblem(response, 404, NO_SUCH_ITEM);
  else respondJson(response, 200, item);
}

async function remove(store: ItemStore, request: Request, response: ApiResponse): Promise<void> {
  const id = wholeNumber(request.params.id, 1, MAX_ID);
  const existed = id !== undefined && (await store.delete(id, response.locals.trace));
  if (existed) respondEmpty(response, 204);
  else respondProblem(response, 404, NO_SUCH_ITEM);
}

const ITEM_ID: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "Id of the item.",
  schema: ID,
};

const LIST: Operation = {
  operationId: "listItems",
  summary: "Items in order of their ids, one page of them.",
  tags: ["items"],
  parameters: [
    {
      name: "limit",
      in: "query",
      description: "How many items at most.",
      schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    },
    {
      name: "after",
      in: "query",
      description: "Only items with higher ids: next of the page before.",
      schema: { type: "integer", minimum: 0, maximum: MAX_ID, default: 0 },
    },
  ],
  responses: {
    200: json(
      "The page; next is null on the last one.",
      object({
        items: { type: "array", maxItems: MAX_LIMIT, items: schema("Item").schema },
        next: { oneOf: [ID, { type: "null" }] },
      }),
    ),
    404: refusal("NotFound"),
  },
};

const CREATE: Operation = {
  operationId: "createItem",
  summary: "Stores an item.",
  tags: ["items"],
  requestBody: { required: true, content: { [JSON_CONTENT_TYPE]: schema("NewItem") } },
  responses: {
    201: {
      description: "The item.",
      headers: { Location: { description: "Path of the item.", schema: { type: "string" } } },
      content: { [JSON_CONTENT_TYPE]: schema("Item") },
    },
    404: refusal("NotFound"),
    409: refusal("Conflict"),
    413: refusal("ContentTooLarge"),
    415: refusal("UnsupportedMediaType"),
  },
};

const READ: Operation = {
  operationId: "getItem",
  summary: "One item.",
  tags: ["items"],
  parameters: [ITEM_ID],
  responses: {
    200: { description: "The item.", content: { [JSON_CONTENT_TYPE]: schema("Item") } },
    404: refusal("NotFound"),
  },
};

const DELETE: Operation = {
  operationId: "deleteItem",
  summary: "Removes an item. A cache may show it for a minute more when it was out of reach.",
  tags: ["items"],
  parameters: [ITEM_ID],
  responses: { 204: { description: "It is gone." }, 404: refusal("NotFound") },
};
