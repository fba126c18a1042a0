import { addresses } from "./networkAddresses";
import { firewalls } from "./networkFirewall";
import { gateways } from "./networkGateways";
import { peerings } from "./networkPeering";
import { privateLink } from "./networkPrivateLink";
import { networkSecurity } from "./networkSecurity";
import { virtualNetworks } from "./networkVirtual";
import { watchers } from "./networkWatcher";

export const network = [
  ...virtualNetworks,
  ...networkSecurity,
  ...addresses,
  ...peerings,
  ...firewalls,
  ...gateways,
  ...privateLink,
  ...watchers,
];
