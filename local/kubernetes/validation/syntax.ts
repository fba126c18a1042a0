/** Syntax of names, labels and values: k8s.io/apimachinery, pkg/util/validation, with its messages. */
import { UNKNOWN } from "../../provider/backend";
import { parseQuantity, QUANTITY_RULE } from "../quantity";

/** Returns what is wrong with a text, or undefined. An unknown value (in a preview) is never wrong. */
export type Rule = (text: string) => string | undefined;

function pattern(regex: RegExp, limit: number, message: string): Rule {
  return (text) => {
    if (text === UNKNOWN) return undefined;
    if (text.length > limit) return `Invalid value: "${text}": must be no more than ${limit} characters`;
    return regex.test(text) ? undefined : `Invalid value: "${text}": ${message}`;
  };
}

export const dnsLabel = pattern(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and " +
    "end with an alphanumeric character (e.g. 'my-name', or '123-abc')",
);

export const dnsSubdomain = pattern(
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must " +
    "start and end with an alphanumeric character (e.g. 'example.com')",
);

/** Names of services: they become DNS labels of the older RFC 1035. */
export const serviceName = pattern(
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
    "character, and end with an alphanumeric character (e.g. 'my-name', or 'abc-123')",
);

/** Names of RBAC objects: whatever fits in one segment of a URL. */
export const pathSegment: Rule = (text) =>
  text === "." || text === ".." || /[/%]/.test(text)
    ? `Invalid value: "${text}": may not be '.' or '..' and may not contain '/' or '%'`
    : undefined;

export const portName = pattern(
  /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/,
  15,
  "must contain only alpha-numeric characters (a-z, 0-9) and single hyphens, with at least one letter",
);

export const envName = pattern(
  /^[^=\0]+$/,
  Number.MAX_SAFE_INTEGER,
  "a valid environment variable name must not be empty or contain '='",
);

export const configKey = pattern(
  /^[-._a-zA-Z0-9]+$/,
  253,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
);

export const labelValue = pattern(
  /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must " +
    "start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345')",
);

const qualifiedPart = pattern(
  /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  63,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
    "alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')",
);

/** Label and annotation keys: `[prefix/]name`. */
export const qualifiedName: Rule = (text) => {
  const [first = "", second, ...rest] = text.split("/");
  if (rest.length > 0) {
    return `Invalid value: "${text}": a qualified name has at most one '/' (e.g. 'example.com/my-name')`;
  }
  return second === undefined ? qualifiedPart(first) : (dnsSubdomain(first) ?? qualifiedPart(second));
};

export const quantityText: Rule = (text) => {
  if (text === UNKNOWN) return undefined;
  const value = parseQuantity(text);
  if (value === undefined) return `Invalid value: "${text}": ${QUANTITY_RULE}`;
  return value < 0 ? `Invalid value: "${text}": must be greater than or equal to 0` : undefined;
};

export const base64: Rule = (text) =>
  text === UNKNOWN || /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? undefined
    : "Invalid value: illegal base64 data: use stringData for plain text";

export function oneOf(...allowed: string[]): Rule {
  return (text) =>
    text === UNKNOWN || allowed.includes(text)
      ? undefined
      : `Unsupported value: "${text}": supported values: ${allowed.map((value) => `"${value}"`).join(", ")}`;
}

export function portNumber(value: number | string | undefined): string | undefined {
  if (typeof value !== "number" || (Number.isInteger(value) && value >= 1 && value <= 65535))
    return undefined;
  return `Invalid value: ${value}: must be between 1 and 65535, inclusive`;
}
