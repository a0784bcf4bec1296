package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// analyzerKind is what the engine calls a policy pack.
const analyzerKind = "analyzer"

// bailExitCode is how the Node SDK says that it has already reported the error to
// the user: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/run/index.ts
const bailExitCode = 32

// host implements what a program and a policy pack need. Code generation and
// project templates answer Unimplemented.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	engineAddress string
	// ctx ends when the host must: each process that the host starts ends with it.
	ctx  context.Context
	stop context.CancelFunc
}

func (h *host) Handshake(
	context.Context,
	*pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: sdk.Version.String()}, nil
}

// Cancel kills what runs and ends the host.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.stop()
	return &emptypb.Empty{}, nil
}

// Run runs the program to its end. A failure of the program is part of the
// response; an error means that it could not be run, or was cancelled.
func (h *host) Run(
	ctx context.Context,
	request *pulumirpc.RunRequest,
) (*pulumirpc.RunResponse, error) {
	command, err := programCommand(request, h.engineAddress)
	if err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	// The engine shows these as the program's output.
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	code, err := h.run(ctx, command)
	switch {
	case err != nil:
		return nil, fmt.Errorf("running %s: %w", request.Info.EntryPoint, err)
	case code == 0:
		return &pulumirpc.RunResponse{}, nil
	case code == bailExitCode:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		failure := fmt.Sprintf("%s exited with code %d", request.Info.EntryPoint, code)
		return &pulumirpc.RunResponse{Error: failure}, nil
	}
}

// RunPlugin runs a policy pack or a provider that is written for Node.js.
func (h *host) RunPlugin(
	request *pulumirpc.RunPluginRequest,
	stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	command, err := pluginCommand(request)
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	command.Stdout, command.Stderr = stdout, stderr
	code, err := h.run(stream.Context(), command)
	if err != nil {
		return fmt.Errorf("running plugin %s: %w", request.Info.ProgramDirectory, err)
	}
	exit := &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: exit})
}

func (h *host) GetRequiredPackages(
	_ context.Context,
	request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	dependencies, err := readDependencies(request.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, dependency := range dependencies {
		if provider := dependency.provider(); provider != nil {
			response.Packages = append(response.Packages, provider)
		}
	}
	return response, nil
}

func (h *host) GetProgramDependencies(
	_ context.Context,
	request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	dependencies, err := readDependencies(request.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, dependency := range dependencies {
		info := &pulumirpc.DependencyInfo{Name: dependency.Name, Version: dependency.Version}
		response.Dependencies = append(response.Dependencies, info)
	}
	return response, nil
}

// InstallDependencies runs npm where the nearest package.json lies.
func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest,
	stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	manifest, err := findAbove(request.Info.ProgramDirectory, "package.json")
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	command := exec.Command("npm", "install", "--loglevel=error")
	command.Dir, command.Stdout, command.Stderr = filepath.Dir(manifest), stdout, stderr
	code, err := h.run(stream.Context(), command)
	if err == nil && code != 0 {
		err = fmt.Errorf("exit code %d", code)
	}
	if err != nil {
		return fmt.Errorf("npm install in %s: %w", command.Dir, err)
	}
	return nil
}

func (h *host) RuntimeOptionsPrompts(
	context.Context,
	*pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

func (h *host) About(
	ctx context.Context,
	_ *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", node, err)
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(version))}, nil
}
