import type { ResourceValidationPolicy } from "@pulumi/policy";

import { acrAdminDisabled } from "./policies/acr/adminDisabled";
import { acrAnonymousPullDisabled } from "./policies/acr/anonymousPullDisabled";
import { azureTagsRequired } from "./policies/azure/tagsRequired";
import { azureTypeKnown } from "./policies/azure/typeKnown";
import { helmReleaseRendered } from "./policies/helm/releaseRendered";
import { podDropAllCapabilities } from "./policies/pod/dropAllCapabilities";
import { podHealthProbes } from "./policies/pod/healthProbes";
import { podImagePinned } from "./policies/pod/imagePinned";
import { podNoHostNamespaces } from "./policies/pod/noHostNamespaces";
import { podNoHostPath } from "./policies/pod/noHostPath";
import { podNoHostPorts } from "./policies/pod/noHostPorts";
import { podNoPrivileged } from "./policies/pod/noPrivileged";
import { podNoPrivilegeEscalation } from "./policies/pod/noPrivilegeEscalation";
import { podReadOnlyRootFilesystem } from "./policies/pod/readOnlyRootFilesystem";
import { podResourcesBounded } from "./policies/pod/resourcesBounded";
import { podRunAsNonRoot } from "./policies/pod/runAsNonRoot";
import { podSeccompProfile } from "./policies/pod/seccompProfile";
import { podTokenOnRequest } from "./policies/pod/tokenOnRequest";

/** Every policy of the pack, without side effects: index.ts serves them, tests import them. */
export const policies: readonly ResourceValidationPolicy[] = [
  azureTagsRequired,
  azureTypeKnown,
  acrAdminDisabled,
  acrAnonymousPullDisabled,
  helmReleaseRendered,
  podRunAsNonRoot,
  podNoPrivileged,
  podNoPrivilegeEscalation,
  podDropAllCapabilities,
  podSeccompProfile,
  podReadOnlyRootFilesystem,
  podNoHostNamespaces,
  podNoHostPath,
  podNoHostPorts,
  podTokenOnRequest,
  podImagePinned,
  podResourcesBounded,
  podHealthProbes,
];
