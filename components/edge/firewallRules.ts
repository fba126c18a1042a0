/** What both kinds of web application firewalls run: at the edge of all regions, and in a region. */

/** Microsoft's own rules, the successor of the OWASP core rule set (https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules). */
export const DEFAULT_RULE_SET = { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.2" } as const;
/** The newest that Application Gateway for Containers takes (https://learn.microsoft.com/azure/application-gateway/for-containers/web-application-firewall#limitations). */
export const CONTAINERS_RULE_SET = { ...DEFAULT_RULE_SET, ruleSetVersion: "2.1" } as const;
export const BOT_RULE_SET = { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" } as const;

/** Requests of one client address in a minute, above which the firewall refuses the rest. */
export const REQUESTS_PER_MINUTE = 1000;

/** Header that Front Door sets to its own id in each request to an origin; clients cannot set it through Front Door. */
export const FRONT_DOOR_ID_HEADER = "X-Azure-FDID";
