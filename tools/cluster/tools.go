//go:build tools

// Package tools pins the add-ons that local/cluster builds and that need no code of ours.
package tools

import _ "sigs.k8s.io/metrics-server/cmd/metrics-server"
