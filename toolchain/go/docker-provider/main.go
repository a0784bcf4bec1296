// Command pulumi-resource-docker is the Pulumi provider for Docker: a bridge over
// kreuzwerker's Terraform provider. Both are served as Go modules, while the
// official plugin can be had only where its download host is reached.
package main

import (
	"context"
	_ "embed"
	"log"
	"net"
	"os"
	"time"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/terraform-providers/terraform-provider-docker/pulumi/mapping"
)

//go:generate go run -tags no_compose ./schema schema.json ../../../node_modules/@pulumi/docker
//go:embed schema.json
var schema []byte

// engineCheckInterval bounds how long the provider outlives an engine that was killed.
const engineCheckInterval = time.Second

func main() {
	if err := endWithEngine(os.Args[len(os.Args)-1]); err != nil {
		log.Fatal(err)
	}
	tfbridge.Main(mapping.Name, mapping.Version, mapping.Docker(), schema)
}

// endWithEngine ends the process, also in the middle of an operation, when the
// engine that started it is gone. The bridge by itself would go on creating a
// container whose result nobody records, beside the user's next update. A last
// argument that is no address (--version, none at all) has no engine to follow.
func endWithEngine(lastArgument string) error {
	if _, _, err := net.SplitHostPort(lastArgument); err != nil {
		return nil
	}
	exit := func() { os.Exit(1) }
	return rpcutil.Healthcheck(context.Background(), lastArgument, engineCheckInterval, exit)
}
