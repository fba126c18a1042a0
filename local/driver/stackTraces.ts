/**
 * Stack traces of this process. The SDK takes several for each resource, and the loader of TypeScript maps every
 * one to the sources, which costs more than everything else that the program does. So traces stay unmapped,
 * except those that people are to read.
 */
const mapping = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");

/** Turns the mapping off. */
export function keepStackTracesUnmapped(): void {
  Reflect.deleteProperty(Error, "prepareStackTrace");
}

/** An error's stack trace with the positions of the sources, where nobody has read it yet. */
export function readStackTrace(error: Error): string {
  if (mapping !== undefined) Object.defineProperty(Error, "prepareStackTrace", mapping);
  try {
    return error.stack ?? error.message;
  } finally {
    keepStackTracesUnmapped();
  }
}
