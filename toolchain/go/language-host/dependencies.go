package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what this host reads of a package.json.
type manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Dependencies map[string]string `json:"dependencies"`
	Pulumi       struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

// provider is the plugin that the package is the SDK of, or nil.
func (m manifest) provider() *pulumirpc.PackageDependency {
	if !m.Pulumi.Resource {
		return nil
	}
	return &pulumirpc.PackageDependency{
		Kind:    "resource",
		Name:    m.Pulumi.Name,
		Version: m.Pulumi.Version,
		Server:  m.Pulumi.Server,
	}
}

// readDependencies gives the installed packages that the package.json nearest to
// the directory names, by name. One that is not installed is left out: the
// program itself then fails at its import, with a better message.
func readDependencies(directory string) ([]manifest, error) {
	path, err := findAbove(directory, "package.json")
	if err != nil {
		return nil, err
	}
	program, err := readManifest(path)
	if err != nil {
		return nil, err
	}
	installed := []manifest{}
	for name := range program.Dependencies {
		path, err := findAbove(directory, filepath.Join("node_modules", name, "package.json"))
		if err != nil {
			continue
		}
		dependency, err := readManifest(path)
		if err != nil {
			return nil, err
		}
		installed = append(installed, dependency)
	}
	slices.SortFunc(installed, func(a, b manifest) int { return cmp.Compare(a.Name, b.Name) })
	return installed, nil
}

func readManifest(path string) (manifest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return manifest{}, err
	}
	var read manifest
	if err := json.Unmarshal(text, &read); err != nil {
		return manifest{}, fmt.Errorf("%s: %w", path, err)
	}
	return read, nil
}

// findAbove finds the path in the directory or in the nearest one above that has it, as Node looks
// for modules.
func findAbove(directory, path string) (string, error) {
	for current := directory; ; current = filepath.Dir(current) {
		candidate := filepath.Join(current, path)
		if _, err := os.Stat(candidate); err == nil {
			return candidate, nil
		}
		if current == filepath.Dir(current) {
			return "", fmt.Errorf("no %s in %s or above", path, directory)
		}
	}
}
