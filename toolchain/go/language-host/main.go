// Command pulumi-language-nodejs runs Pulumi programs written for Node.js. It is
// the language host of our own builds: the official one is not served as a Go
// module, so it can be had only where its download host is reached.
//
// It speaks the gRPC service LanguageRuntime of pulumi/language.proto: the engine
// starts it with its own address as the last argument, and reads the port of the
// service from the first line of standard output.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// engineCheckInterval bounds how long the host outlives an engine that was killed.
const engineCheckInterval = time.Second

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: pulumi-language-nodejs ENGINE_ADDRESS (the Pulumi engine starts this program)")
	}
	if err := serve(os.Args[len(os.Args)-1]); err != nil {
		log.Fatalf("pulumi-language-nodejs: %v", err)
	}
}

// serve answers the engine until it cancels the host, interrupts it, or is gone.
func serve(engineAddress string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engineAddress, engineCheckInterval, stop); err != nil {
		return fmt.Errorf("reaching the engine at %s: %w", engineAddress, err)
	}

	closing := make(chan bool)
	context.AfterFunc(ctx, func() { close(closing) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: closing,
		Init: func(server *grpc.Server) error {
			runtime := &host{engineAddress: engineAddress, ctx: ctx, stop: stop}
			pulumirpc.RegisterLanguageRuntimeServer(server, runtime)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
