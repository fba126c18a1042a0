/** Kubernetes quantities (`250m`, `1.5Gi`, `1e3`): k8s.io/apimachinery, pkg/api/resource. */

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const FORM = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

export const QUANTITY_RULE =
  "quantities must match the regular expression " +
  "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'; give a number with an optional suffix, such as 250m or 128Mi";

/** The value in base units (cores, bytes, pieces), or undefined where the text is no quantity. */
export function parseQuantity(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, digits = "", exponent = "", suffix = ""] = match;
  return Number(`${digits}${exponent}`) * (SUFFIXES[suffix] ?? 1);
}

/** The value of a quantity that has been validated. @throws on text that is none. */
export function quantity(text: string): number {
  const value = parseQuantity(text);
  if (value === undefined) throw new Error(`"${text}" is not a quantity: ${QUANTITY_RULE}`);
  return value;
}

/** Floating point leaves dust in sums of milli-units; a nano-unit is the least that Kubernetes knows. */
export function exceeds(value: number, limit: number): boolean {
  return value - limit > 1e-9 * Math.max(1, Math.abs(limit));
}

/** The short form that Kubernetes prints: cores in `m` where they are no whole number, bytes in binary units. */
export function formatQuantity(resource: string, value: number): string {
  if (!resource.includes("memory") && !resource.includes("storage")) {
    const milli = Math.round(value * 1000);
    return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
  }
  for (const suffix of ["Gi", "Mi", "Ki"]) {
    const units = value / (SUFFIXES[suffix] ?? 1);
    if (units >= 1 && Number.isInteger(units)) return `${units}${suffix}`;
  }
  return String(Math.round(value));
}
