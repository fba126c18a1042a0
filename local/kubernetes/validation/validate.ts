/** What the API server checks in an object before it stores it: shape first, then the rules of its kind. */
import type { JsonObject } from "../../provider/backend";
import { withDefaults } from "../defaults";
import type { Kind } from "../kinds";
import { decodeIssues } from "../schema/decode";
import type { FieldIssue } from "../status";
import { validateAutoscaler } from "./autoscalers";
import { validateConfigMap, validateSecret } from "./data";
import { validateDeployment } from "./deployments";
import { Field } from "./field";
import { validateGateway, validateRoute } from "./gateways";
import { validateLimitRange } from "./limitRanges";
import { validateMetadata } from "./metadata";
import { validateNetworkPolicy } from "./networkPolicies";
import { validateBudget, validateQuota } from "./quotas";
import { validateClusterRole, validateClusterRoleBinding, validateRole, validateRoleBinding } from "./rbac";
import { validateService } from "./services";

/** Everything that is wrong with an object; values that are not known yet are passed over. */
export function validateObject(kind: Kind, object: JsonObject): FieldIssue[] {
  const shape = decodeIssues(kind, object);
  if (shape.length > 0) return shape;
  const found: FieldIssue[] = [];
  const filled = Field.of(withDefaults(kind, object), found);
  const metadata = filled.child("metadata");
  // The rules of budgets know no metadata, so that it is looked at last (k8s.io/apiserver, pkg/registry/rest: BeforeCreate).
  if (kind.kind !== "PodDisruptionBudget") validateMetadata(kind, metadata);
  BY_KIND[kind.kind]?.(filled);
  if (kind.kind === "PodDisruptionBudget" && found.length === 0) validateMetadata(kind, metadata);
  return found;
}

const BY_KIND: Readonly<Record<string, (object: Field) => void>> = {
  ClusterRole: validateClusterRole,
  ClusterRoleBinding: validateClusterRoleBinding,
  ConfigMap: validateConfigMap,
  Deployment: validateDeployment,
  Gateway: validateGateway,
  HTTPRoute: validateRoute,
  HorizontalPodAutoscaler: validateAutoscaler,
  LimitRange: validateLimitRange,
  NetworkPolicy: validateNetworkPolicy,
  PodDisruptionBudget: validateBudget,
  ResourceQuota: validateQuota,
  Role: validateRole,
  RoleBinding: validateRoleBinding,
  Secret: validateSecret,
  Service: validateService,
};
