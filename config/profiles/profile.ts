import type { Settings } from "../schema";

/** What a profile settles; a stack adds its names, tags and addressees, and may override any of it. */
export type Profile = Omit<Settings, "profile" | "location" | "naming" | "tags" | "observability"> & {
  readonly tags: Pick<Settings["tags"], "extra">;
  readonly observability: Omit<Settings["observability"], "alertEmails">;
};
