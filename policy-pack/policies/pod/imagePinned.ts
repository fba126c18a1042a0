import { podPolicy } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";

/** `registry:5000/name:tag@sha256:digest`: a colon after the last slash begins the tag. */
function isPinned(image: string): boolean {
  const [reference = "", digest] = image.split("@");
  if (digest !== undefined) return /^sha256:[0-9a-f]{64}$/.test(digest);
  const tag = /:([^:/]+)$/.exec(reference)?.[1];
  return tag !== undefined && tag !== "latest";
}

const namesItsVersion: ContainerCheck = ({ image }, report) => {
  if (image && isPinned(image)) return;
  report({
    at: "image",
    got: image,
    allowed: "an image with a digest (@sha256:...) or with a tag other than latest",
    fix: "name the digest, or the version's tag",
  });
};

export const podImagePinned = podPolicy(
  {
    name: "pod-image-pinned",
    description: "Container images name their version, so that a restarted pod runs the same code.",
    severity: "high",
    remediationSteps: "Refer to images by digest, or by a tag other than latest.",
    url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  },
  { container: [namesItsVersion] },
);
