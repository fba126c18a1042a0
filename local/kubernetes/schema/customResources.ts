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
  // kubernetes/apiextensions-apiserver, pkg/apis/apiextensions/v1/types.go; the schemas in it are not read here
  "apiextensions.v1.CustomResourceDefinition":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:apiextensions.v1.Spec status:any",
  "apiextensions.v1.Spec":
    "conversion:any group!:s names!:any preserveUnknownFields:b scope!:s versions!:any",
  // kubernetes-sigs/gateway-api, apis/v1: gatewayclass_types.go, gateway_types.go, httproute_types.go, shared_types.go
  // (standard channel)
  "gateway.v1.GatewayClass":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:gateway.v1.ClassSpec status:any",
  "gateway.v1.ClassSpec": "controllerName!:s description:s parametersRef:gateway.v1.ObjectReference",
  "gateway.v1.ObjectReference": "group:s kind:s name!:s namespace:s",
  "gateway.v1.Gateway":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:gateway.v1.GatewaySpec status:any",
  "gateway.v1.GatewaySpec":
    "addresses:[gateway.v1.Address] gatewayClassName!:s infrastructure:gateway.v1.Infrastructure " +
    "listeners!:[gateway.v1.Listener]",
  "gateway.v1.Address": "type:s value:s",
  "gateway.v1.Infrastructure": "annotations:{s} labels:{s} parametersRef:gateway.v1.ObjectReference",
  "gateway.v1.Listener":
    "allowedRoutes:gateway.v1.AllowedRoutes hostname:s name!:s port!:n protocol!:s tls:gateway.v1.ListenerTls",
  "gateway.v1.AllowedRoutes": "kinds:[gateway.v1.RouteKind] namespaces:gateway.v1.RouteNamespaces",
  "gateway.v1.RouteKind": "group:s kind!:s",
  "gateway.v1.RouteNamespaces": "from:s selector:meta.v1.LabelSelector",
  "gateway.v1.ListenerTls": "certificateRefs:[gateway.v1.ObjectReference] mode:s options:{s}",
  "gateway.v1.HTTPRoute":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:gateway.v1.RouteSpec status:any",
  "gateway.v1.RouteSpec":
    "hostnames:[s] parentRefs:[gateway.v1.ParentReference] rules:[gateway.v1.RouteRule]",
  "gateway.v1.ParentReference": "group:s kind:s name!:s namespace:s port:n sectionName:s",
  "gateway.v1.RouteRule":
    "backendRefs:[gateway.v1.BackendRef] filters:[gateway.v1.Filter] matches:[gateway.v1.Match] name:s " +
    "timeouts:gateway.v1.Timeouts",
  "gateway.v1.BackendRef": "filters:[gateway.v1.Filter] group:s kind:s name!:s namespace:s port:n weight:n",
  "gateway.v1.Timeouts": "backendRequest:s request:s",
  "gateway.v1.Match":
    "headers:[gateway.v1.ValueMatch] method:s path:gateway.v1.PathMatch queryParams:[gateway.v1.ValueMatch]",
  "gateway.v1.PathMatch": "type:s value:s",
  "gateway.v1.ValueMatch": "name!:s type:s value!:s",
  "gateway.v1.Filter":
    "cors:any extensionRef:gateway.v1.ObjectReference requestHeaderModifier:gateway.v1.HeaderFilter " +
    "requestMirror:any requestRedirect:gateway.v1.Redirect responseHeaderModifier:gateway.v1.HeaderFilter type!:s " +
    "urlRewrite:gateway.v1.Rewrite",
  "gateway.v1.HeaderFilter": "add:[gateway.v1.Header] remove:[s] set:[gateway.v1.Header]",
  "gateway.v1.Header": "name!:s value!:s",
  "gateway.v1.Redirect": "hostname:s path:gateway.v1.PathModifier port:n scheme:s statusCode:n",
  "gateway.v1.Rewrite": "hostname:s path:gateway.v1.PathModifier",
  "gateway.v1.PathModifier": "replaceFullPath:s replacePrefixMatch:s type!:s",
  "gateway.v1beta1.ReferenceGrant":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:gateway.v1beta1.GrantSpec",
  "gateway.v1beta1.GrantSpec": "from!:[gateway.v1beta1.GrantFrom] to!:[gateway.v1beta1.GrantTo]",
  "gateway.v1beta1.GrantFrom": "group!:s kind!:s namespace!:s",
  "gateway.v1beta1.GrantTo": "group!:s kind!:s name:s",
  // https://learn.microsoft.com/azure/application-gateway/for-containers/api-specification-kubernetes
  "alb.v1.HealthCheckPolicy":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:alb.v1.HealthSpec status:any",
  "alb.v1.HealthSpec": "default:alb.v1.HealthConfig targetRef!:alb.v1.TargetReference",
  "alb.v1.TargetReference": "group!:s kind!:s name!:s namespace:s sectionNames:[s]",
  "alb.v1.HealthConfig":
    "grpc:any healthyThreshold:n http:alb.v1.HealthHttp interval:s port:n timeout:s unhealthyThreshold:n useTLS:b",
  "alb.v1.HealthHttp": "host:s match:alb.v1.HealthMatch path:s",
  "alb.v1.HealthMatch": "body:s statusCodes:[alb.v1.StatusCodes]",
  "alb.v1.StatusCodes": "end!:n start!:n",
  "alb.v1.WebApplicationFirewallPolicy":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:alb.v1.FirewallSpec status:any",
  "alb.v1.FirewallSpec": "targetRef!:alb.v1.TargetReference webApplicationFirewall!:alb.v1.FirewallConfig",
  "alb.v1.FirewallConfig": "id!:s",
  // argoproj/argo-rollouts, pkg/apis/rollouts/v1alpha1: types.go, analysis_types.go (v1.8.3); traffic routers and the
  // providers of measurements besides Prometheus are not read here
  "rollouts.v1.Rollout":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:rollouts.v1.RolloutSpec status:any",
  "rollouts.v1.RolloutSpec":
    "analysis:any minReadySeconds:n paused:b progressDeadlineAbort:b progressDeadlineSeconds:n replicas:n restartAt:s " +
    "revisionHistoryLimit:n rollbackWindow:any selector:meta.v1.LabelSelector strategy:rollouts.v1.Strategy " +
    "template:core.v1.PodTemplateSpec workloadRef:any",
  "rollouts.v1.Strategy": "blueGreen:rollouts.v1.BlueGreen canary:rollouts.v1.Canary",
  "rollouts.v1.BlueGreen":
    "abortScaleDownDelaySeconds:n activeMetadata:any activeService!:s antiAffinity:any autoPromotionEnabled:b " +
    "autoPromotionSeconds:n maxUnavailable:any postPromotionAnalysis:rollouts.v1.Analysis " +
    "prePromotionAnalysis:rollouts.v1.Analysis previewMetadata:any previewReplicaCount:n previewService:s " +
    "scaleDownDelayRevisionLimit:n scaleDownDelaySeconds:n",
  "rollouts.v1.Canary":
    "abortScaleDownDelaySeconds:n analysis:rollouts.v1.BackgroundAnalysis antiAffinity:any canaryMetadata:any " +
    "canaryService:s dynamicStableScale:b maxSurge:any maxUnavailable:any minPodsPerReplicaSet:n pingPong:any " +
    "scaleDownDelayRevisionLimit:n scaleDownDelaySeconds:n stableMetadata:any stableService:s " +
    "steps:[rollouts.v1.Step] trafficRouting:any",
  "rollouts.v1.Step":
    "analysis:rollouts.v1.Analysis experiment:any pause:rollouts.v1.Pause plugin:any setCanaryScale:any " +
    "setHeaderRoute:any setMirrorRoute:any setWeight:n",
  "rollouts.v1.Pause": "duration:any",
  "rollouts.v1.Analysis":
    "analysisRunMetadata:any args:[rollouts.v1.Argument] dryRun:any measurementRetention:any " +
    "templates:[rollouts.v1.TemplateReference]",
  "rollouts.v1.BackgroundAnalysis":
    "analysisRunMetadata:any args:[rollouts.v1.Argument] dryRun:any measurementRetention:any startingStep:n " +
    "templates:[rollouts.v1.TemplateReference]",
  "rollouts.v1.TemplateReference": "clusterScope:b templateName:s",
  "rollouts.v1.Argument": "name!:s value:s valueFrom:any",
  "rollouts.v1.AnalysisTemplate":
    "apiVersion:s kind:s metadata:meta.v1.ObjectMeta spec!:rollouts.v1.TemplateSpec status:any",
  "rollouts.v1.TemplateSpec":
    "args:[rollouts.v1.Argument] dryRun:any measurementRetention:any metrics:[rollouts.v1.Metric] " +
    "templates:[rollouts.v1.TemplateReference]",
  "rollouts.v1.Metric":
    "consecutiveErrorLimit:any consecutiveSuccessLimit:any count:any failureCondition:s failureLimit:any " +
    "inconclusiveLimit:any initialDelay:s interval:s name!:s provider!:rollouts.v1.Provider successCondition:s",
  "rollouts.v1.Provider": "prometheus!:rollouts.v1.Prometheus",
  "rollouts.v1.Prometheus":
    "address:s authentication:any headers:any insecure:b query:s rangeQuery:any timeout:n",
};
