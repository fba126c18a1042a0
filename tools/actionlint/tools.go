//go:build tools

// Package tools pins actionlint, the checker of GitHub workflows, for tools/actionlint.sh to build.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
