//go:build tools

// Package tools pins Notation for local/azure/build to sign and verify images with.
package tools

import _ "github.com/notaryproject/notation/cmd/notation"
