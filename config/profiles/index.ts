import { enterprise } from "./enterprise";
import { lightweight } from "./lightweight";

export const PROFILES = { lightweight, enterprise } as const;
