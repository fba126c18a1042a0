// Command validate answers as the API server does, without a cluster: it reads one manifest a line from the standard
// input and prints one JSON list a line, in the same order. An empty list means that the manifest is accepted.
//
// An entry is a fault, as "<field>: <what is wrong>"; "decode: …" where the manifest cannot be read; "PSS <level>: <reason>
// (<detail>)" for each level of the Pod Security Standards that the pods violate. So it is used to record an answer:
//
//	echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a b","namespace":"n"}}' | go run .
//
// The decoder, defaults and strategies are the API server's own (k8s.io/kubernetes, pkg/registry), at the version that
// the module pins for the real cluster.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	serviceapi "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/apps"
	core "k8s.io/kubernetes/pkg/apis/core"
	corev1conversion "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// A manifest of the program has a few kilobytes; the API server takes 3 MiB.
const maxManifestBytes = 3 << 20

// The first port of the range that the API server allocates from.
const firstNodePort = 30000

func main() {
	// The server logs what it makes of an object besides; the answers are all that is wanted here.
	klog.SetLogger(logr.Discard())
	// Both the real cluster and AKS start the server with --allow-privileged.
	capabilities.Setup(true, 0)
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(manifests io.Reader, answers io.Writer) error {
	podSecurity, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(manifests)
	lines.Buffer(nil, maxManifestBytes)
	output := bufio.NewWriter(answers)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		if err := encoder.Encode(judge(lines.Bytes(), podSecurity)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return output.Flush()
}

// judge returns all that the API server holds against a manifest.
func judge(manifest []byte, podSecurity policy.Evaluator) []string {
	codecs := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	decoded, _, err := codecs.UniversalDecoder().Decode(manifest, nil, nil)
	if err != nil {
		return []string{"decode: " + err.Error()}
	}
	found := faults(validate(decoded))
	if deployment, ok := decoded.(*apps.Deployment); ok {
		found = append(found, violations(&deployment.Spec.Template, podSecurity)...)
	}
	return found
}

// faults lists what a refusal names, each once.
func faults(refusal error) []string {
	found := []string{}
	if refusal == nil {
		return found
	}
	var status apierrors.APIStatus
	if !errors.As(refusal, &status) || status.Status().Details == nil || len(status.Status().Details.Causes) == 0 {
		return append(found, refusal.Error())
	}
	for _, cause := range status.Status().Details.Causes {
		fault := cause.Field + ": " + cause.Message
		if !slices.Contains(found, fault) {
			found = append(found, fault)
		}
	}
	return found
}

func validate(object runtime.Object) error {
	kinds, _, err := legacyscheme.Scheme.ObjectKinds(object)
	if err != nil {
		return err
	}
	strategy, ok := strategies[kinds[0].Kind]
	if !ok {
		return fmt.Errorf("no strategy for %s: name it in strategies.go", kinds[0].Kind)
	}
	metadata, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	rest.FillObjectMetaSystemFields(metadata)
	namespace := ""
	if strategy.NamespaceScoped() {
		namespace = metadata.GetNamespace()
	}
	if service, ok := object.(*core.Service); ok {
		allocate(service)
	}
	request := genericapirequest.WithRequestInfo(context.Background(), &genericapirequest.RequestInfo{
		APIGroup:   kinds[0].Group,
		APIVersion: kinds[0].Version,
	})
	return rest.BeforeCreate(strategy, genericapirequest.WithNamespace(request, namespace), object)
}

// allocate does what the server's storage of Services does before an object is validated: one list of addresses, and a
// port for health checks.
func allocate(service *core.Service) {
	if service.Spec.ClusterIP != "" && len(service.Spec.ClusterIPs) == 0 {
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
	if serviceapi.NeedsHealthCheck(service) && service.Spec.HealthCheckNodePort == 0 {
		service.Spec.HealthCheckNodePort = firstNodePort
	}
}

func violations(template *core.PodTemplateSpec, podSecurity policy.Evaluator) []string {
	versioned := corev1.PodTemplateSpec{}
	if err := corev1conversion.Convert_core_PodTemplateSpec_To_v1_PodTemplateSpec(template, &versioned, nil); err != nil {
		return []string{err.Error()}
	}
	found := []string{}
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		latest := api.LevelVersion{Level: level, Version: api.LatestVersion()}
		results := podSecurity.EvaluatePod(latest, &versioned.ObjectMeta, &versioned.Spec)
		if result := policy.AggregateCheckResults(results); !result.Allowed {
			found = append(found, fmt.Sprintf("PSS %s: %s", level, result.ForbiddenDetail()))
		}
	}
	return found
}
