/** Syntax of names, labels and values: k8s.io/apimachinery, pkg/util/validation and pkg/api/validate/content. */
import { parseQuantity } from "../quantity";
import type { Rule } from "./field";

const LABEL_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORM = `${LABEL_FORM}(\\.${LABEL_FORM})*`;
const UNDERSCORE_FORM = "[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?";
const NAME_FORM = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const VALUE_FORM = `(${NAME_FORM})?`;
const KEY_FORM = "[-._a-zA-Z0-9]+";

function mismatch(message: string, form: string, ...examples: readonly string[]): string {
  const list = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${list}regex used for validation is '${form}')`;
}

interface Form {
  readonly form: string;
  readonly message: string;
  readonly examples: readonly string[];
  readonly limit?: number;
  readonly unit?: "bytes" | "characters";
}

function formed({ form, message, examples, limit = Infinity, unit = "characters" }: Form): Rule {
  const regex = new RegExp(`^(?:${form})$`);
  return (text) => [
    ...(text.length > limit ? [`must be no more than ${limit} ${unit}`] : []),
    ...(regex.test(text) ? [] : [mismatch(message, form, ...examples)]),
  ];
}

export const dnsLabel = formed({
  form: LABEL_FORM,
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ["my-name", "123-abc"],
  limit: 63,
});

export const dnsSubdomain = formed({
  form: SUBDOMAIN_FORM,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ["example.com"],
  limit: 253,
});

export const dnsSubdomainWithUnderscore = formed({
  form: `${UNDERSCORE_FORM}(\\.${UNDERSCORE_FORM})*`,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ["example.com"],
  limit: 253,
});

/** Names of Services: they become DNS labels of the older RFC 1035. */
export const serviceName = formed({
  form: "[a-z]([-a-z0-9]*[a-z0-9])?",
  message:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ["my-name", "abc-123"],
  limit: 63,
});

/** Names of RBAC objects: whatever fits in one segment of a URL. */
export const pathSegment: Rule = (text) => {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
};

export const portName: Rule = (text) => {
  if (text.length > 15) return ["must be no more than 15 characters"];
  const rules: readonly (readonly [boolean, string])[] = [
    [!/^[-a-z0-9]+$/.test(text), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"],
    [!/[a-z]/.test(text), "must contain at least one letter (a-z)"],
    [text.includes("--"), "must not contain consecutive hyphens"],
    [/^-|-$/.test(text), "must not begin or end with a hyphen"],
  ];
  return rules.flatMap(([isBroken, message]) => (isBroken ? [message] : []));
};

export const envName: Rule = (text) => {
  if (text === "") return ["environment variable name must be non-empty"];
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

const keyForm = formed({
  form: KEY_FORM,
  message: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  examples: ["key.name", "KEY_NAME", "key-name"],
  limit: 253,
});

/** Keys of ConfigMaps and Secrets: they become names of files. */
export const configKey: Rule = (text) => [
  ...keyForm(text),
  ...(text === "." || text === ".." ? [`must not be '${text}'`] : []),
  ...(text.startsWith("..") && text !== ".." ? ["must not start with '..'"] : []),
];

export const labelValue = formed({
  form: VALUE_FORM,
  message:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  examples: ["MyValue", "my_value", "12345"],
  ...{ limit: 63, unit: "bytes" as const },
});

const NAME_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_EXAMPLES = ["MyName", "my.name", "123-abc"];

/** Label and annotation keys: `[prefix/]name`. */
export const qualifiedName: Rule = (text) => {
  const parts = text.split("/");
  if (parts.length > 2) {
    const message = mismatch(NAME_MESSAGE, NAME_FORM, ...NAME_EXAMPLES);
    return [
      `a valid label key ${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const prefixMessages =
    prefix === "" ? ["must be non-empty"] : prefix === undefined ? [] : dnsSubdomain(prefix);
  return [
    ...prefixMessages.map((message) => `prefix part ${message.replace("253 characters", "253 bytes")}`),
    ...(name === "" ? ["name part must be non-empty"] : []),
    ...(name.length > 63 ? ["name part must be no more than 63 bytes"] : []),
    ...(new RegExp(`^${NAME_FORM}$`).test(name)
      ? []
      : [`name part ${mismatch(NAME_MESSAGE, NAME_FORM, ...NAME_EXAMPLES)}`]),
  ];
};

export const percentage = formed({
  form: "[0-9]+%",
  message: "a valid percent string must be a numeric string followed by an ending '%'",
  examples: ["1%", "93%"],
});

export const headerName = formed({
  form: "[-A-Za-z0-9]+",
  message: "a valid HTTP header must consist of alphanumeric characters or '-'",
  examples: ["X-Header-Name"],
});

/** Names of resources in quotas and requests, once they are known to be quantities. */
export function quantityOf(text: string): number {
  return parseQuantity(text) ?? 0;
}
