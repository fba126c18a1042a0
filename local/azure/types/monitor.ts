import { alerts } from "./monitorAlerts";
import { collection } from "./monitorCollection";
import { diagnostics } from "./monitorDiagnostics";
import { privateLink } from "./monitorPrivateLink";

export const monitor = [...collection, ...diagnostics, ...alerts, ...privateLink];
