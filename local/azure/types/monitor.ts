import { alerts } from "./monitorAlerts";
import { collection } from "./monitorCollection";

export const monitor = [...collection, ...alerts];
