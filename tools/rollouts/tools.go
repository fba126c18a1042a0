//go:build tools

// Package tools pins the controller of Argo Rollouts for local/cluster to build.
package tools

import _ "github.com/argoproj/argo-rollouts/cmd/rollouts-controller"
