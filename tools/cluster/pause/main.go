// Command pause holds namespaces open and reaps what is orphaned in them: it is the first process of every emulated
// machine (local/cluster/machines.ts) and of every pod's sandbox.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGINT, syscall.SIGTERM)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		// One signal can stand for several children.
		for {
			pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if err == nil && pid <= 0 || err == syscall.ECHILD {
				break
			}
		}
	}
}
