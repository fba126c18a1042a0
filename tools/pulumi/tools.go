//go:build tools

// Package tools pins the Pulumi CLI as a Go module for machines that cannot reach its official installer.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
