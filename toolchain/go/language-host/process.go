package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// run gives the exit code of the command. It kills the process when the engine
// drops the call or the host ends, so that nothing stays behind, and then says so
// in the error.
func (h *host) run(ctx context.Context, command *exec.Cmd) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.ctx, cancel)()

	if err := command.Start(); err != nil {
		return 0, err
	}
	defer context.AfterFunc(ctx, func() { _ = command.Process.Kill() })()
	err := command.Wait()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// programCommand is the Node process of a Pulumi program. Options of the runtime
// in Pulumi.yaml: `typescript` (default true; false leaves .ts files to Node
// itself) and `nodeargs` (one string, split at spaces).
func programCommand(request *pulumirpc.RunRequest, engineAddress string) (*exec.Cmd, error) {
	runner, err := findRunner(request.Info.ProgramDirectory, "run")
	if err != nil {
		return nil, err
	}
	// Without any key the request holds nil, which JSON writes as null; the SDK wants an object.
	config := map[string]string{}
	maps.Copy(config, request.Config)
	configText, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	secretKeysText, err := json.Marshal(append([]string{}, request.ConfigSecretKeys...))
	if err != nil {
		return nil, err
	}
	options := request.Info.Options.AsMap()
	typescript, given := options["typescript"].(bool)
	nodeArgs, _ := options["nodeargs"].(string)

	args := append(strings.Fields(nodeArgs), runner,
		"--monitor", request.MonitorAddress,
		"--engine", engineAddress,
		"--organization", request.Organization,
		"--project", request.Project,
		"--stack", request.Stack,
		"--root-directory", request.Info.RootDirectory,
		"--pwd", request.Pwd,
		"--parallel", strconv.Itoa(int(request.Parallel)))
	if request.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(append(args, request.Info.EntryPoint), request.Args...)

	command := exec.Command("node", args...)
	command.Dir = request.Pwd
	command.Env = append(os.Environ(),
		"PULUMI_CONFIG="+string(configText),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secretKeysText),
		"PULUMI_NODEJS_TYPESCRIPT="+strconv.FormatBool(typescript || !given))
	return command, nil
}

// pluginCommand is the Node process of a policy pack or a provider.
func pluginCommand(request *pulumirpc.RunPluginRequest) (*exec.Cmd, error) {
	program := filepath.Join(request.Info.ProgramDirectory, request.Info.EntryPoint)
	name, args, directory := "run-plugin", append([]string{program}, request.Args...), request.Pwd
	if request.Kind == analyzerKind {
		// Here the engine's address, which is all that the request's arguments hold, comes first,
		// and the pack looks for its package.json where it runs.
		name, directory = "run-policy-pack", request.Info.ProgramDirectory
		args = append(append([]string{}, request.Args...), program)
	}
	runner, err := findRunner(request.Info.ProgramDirectory, name)
	if err != nil {
		return nil, err
	}
	command := exec.Command("node", append([]string{runner}, args...)...)
	command.Dir, command.Env = directory, request.Env
	return command, nil
}

// findRunner finds the SDK's script that loads a program, a plugin or a policy pack.
func findRunner(directory, name string) (string, error) {
	script := filepath.Join("node_modules", "@pulumi", "pulumi", "cmd", name)
	runner, err := findAbove(directory, script)
	if err != nil {
		return "", fmt.Errorf("the Pulumi SDK is not installed: %w; run npm install", err)
	}
	return runner, nil
}
