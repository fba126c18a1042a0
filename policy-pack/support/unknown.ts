import { UnknownValueError } from "@pulumi/policy";

/**
 * Judges every item, also after one has met a value that a preview does not know, and only then lets the first
 * such {@link UnknownValueError} go on to the engine (which reports it as advisory): an image that is not known
 * yet must not hide a root container.
 */
export function judgeAll<T>(items: Iterable<T>, judge: (item: T) => void): void {
  let firstUnknown: UnknownValueError | undefined;
  for (const item of items) {
    try {
      judge(item);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      firstUnknown ??= error;
    }
  }
  if (firstUnknown) throw firstUnknown;
}

/** {@link judgeAll} for a list whose elements may themselves be unknown: each is read inside its own turn. */
export function judgeElements<T>(list: readonly T[], judge: (element: T, index: number) => void): void {
  judgeAll(list.keys(), (index) => {
    judge(list[index] as T, index);
  });
}

/** What `read` gives, or undefined where a preview does not know it. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}
