/** Fields of served custom resources, in the notation of fields.json (see generate.ts). */
export const CUSTOM_RESOURCE_FIELDS: Readonly<Record<string, string>> = {
  // kubernetes/autoscaler, vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go
  "vpa.v1.VerticalPodAutoscaler":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:vpa.v1.Spec status:any",
  "vpa.v1.Spec":
    "recommenders:[vpa.v1.Recommender] resourcePolicy:vpa.v1.ResourcePolicy " +
    "targetRef!:autoscaling.v2.CrossVersionObjectReference updatePolicy:vpa.v1.UpdatePolicy",
  "vpa.v1.Recommender": "name!:s",
  "vpa.v1.ResourcePolicy": "containerPolicies:[vpa.v1.ContainerPolicy]",
  "vpa.v1.ContainerPolicy":
    "containerName:s controlledResources:[s] controlledValues:s maxAllowed:{s} minAllowed:{s} mode:s",
  "vpa.v1.UpdatePolicy": "evictionRequirements:[vpa.v1.EvictionRequirement] minReplicas:n updateMode:s",
  "vpa.v1.EvictionRequirement": "changeRequirement!:s resources!:[s]",
};
