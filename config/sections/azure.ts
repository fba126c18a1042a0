import { z } from "zod";

/** What the platform knows of Azure by dated tables (`tables/`), and what a stack knows better. */
export const azureSchema = z.strictObject({
  /**
   * Opt-out: regions, VM sizes and PostgreSQL sizes that a table lacks and Azure offers, as the error names them, such as
   * `acr-agent-pools/southeastasia` or `vm-size/Standard_D4ds_v9`. Nothing of such a size is checked.
   */
  assumeAvailable: z.array(
    z
      .string()
      .regex(
        /^(acr-agent-pools|application-gateway-for-containers|bastion-zones)\/[a-z]+\d?$|^(vm-size|postgresql-size)\/Standard_\w+$/,
        "a service and a region such as acr-agent-pools/southeastasia, or vm-size/ or postgresql-size/ and a size",
      ),
  ),
});
