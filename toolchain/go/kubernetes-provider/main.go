// Command pulumi-resource-kubernetes is Pulumi's own provider for Kubernetes,
// from its Go module: the official plugin can be had only where its download
// host is reached. The provider's own main embeds files that its release makes.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

//go:generate go run ./schema schema.json ../../../node_modules/@pulumi/kubernetes
//go:embed schema.json
var schema []byte

// version is set by the linker: that of the SDK in node_modules.
var version string

func main() {
	// The mapping serves the conversion of Terraform programs alone.
	provider.Serve("kubernetes", version, schema, []byte("{}"))
}
