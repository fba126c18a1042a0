//go:build tools

// Package tools pins metrics-server for local/cluster to build.
package tools

import _ "sigs.k8s.io/metrics-server/cmd/metrics-server"
