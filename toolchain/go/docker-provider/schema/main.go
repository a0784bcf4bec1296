// Command schema writes the package schema of the provider to a file, after it
// has found the same names in the npm package @pulumi/docker. The provider embeds
// the file, since making it anew would take seconds at each start.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/terraform-providers/terraform-provider-docker/pulumi/mapping"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: schema FILE SDK_DIRECTORY")
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		log.Fatalf("schema of %s %s: %v", mapping.Name, mapping.Version, err)
	}
}

func write(file, sdkDirectory string) error {
	result, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:    mapping.Docker(),
		DiagnosticsSink: diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
		// The other way needs a git checkout of the Terraform provider, for texts that nobody reads here.
		XInMemoryDocs: true,
	})
	if err != nil {
		return err
	}
	if err := checkAgainstSDK(result.PackageSpec, sdkDirectory); err != nil {
		return fmt.Errorf("differs from the SDK:\n%w", err)
	}
	text, err := json.Marshal(result.PackageSpec)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
