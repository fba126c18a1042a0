import { PolicyPack } from "@pulumi/policy";

new PolicyPack("shelf", {
  policies: [
    {
      name: "no-grey-items",
      description: "Items have a colour.",
      enforcementLevel: "mandatory",
      remediationSteps: "Set colour to anything but grey.",
      url: "https://example.com/colours",
      validateResource: ({ type, props }, report) => {
        if (type === "shelf:index:Item" && props["colour"] === "grey") report("colour is grey");
      },
    },
    {
      name: "no-pale-items",
      description: "Items have a strong colour.",
      enforcementLevel: "advisory",
      validateResource: ({ type, props }, report) => {
        if (type === "shelf:index:Item" && props["colour"] === "beige") report("colour is beige");
      },
    },
  ],
});
