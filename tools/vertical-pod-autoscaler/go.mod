module github.com/platform/tools/vertical-pod-autoscaler

go 1.25.0

require k8s.io/autoscaler/vertical-pod-autoscaler v1.5.1
