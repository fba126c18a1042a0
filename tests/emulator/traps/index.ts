/** Known traps of Azure and its provider, each with its tests: refused when done wrong, accepted when done right. */
import { access } from "./list/access";
import { clusters } from "./list/clusters";
import { network } from "./list/network";
import { services } from "./list/services";
import type { Trap } from "./list/trap";

export const traps: readonly Trap[] = [...clusters, ...network, ...access, ...services];
