//go:build tools

// Package tools pins Prometheus for local/cluster to build.
package tools

import _ "github.com/prometheus/prometheus/cmd/prometheus"
