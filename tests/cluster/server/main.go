// Command server is what the pods of the cluster's tests run. It answers with the pod's name; where it is asked for
// /work it keeps a processor busy for a while. `server fetch URL` prints what a URL answers within two seconds.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "fetch" {
		exit(fetch(os.Args[2]))
	}
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		name, _ := os.Hostname()
		fmt.Fprint(response, name)
	})
	http.HandleFunc("/work", func(http.ResponseWriter, *http.Request) {
		for end := time.Now().Add(time.Second); time.Now().Before(end); {
		}
	})
	exit(http.ListenAndServe(":8080", nil))
}

func fetch(url string) error {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
