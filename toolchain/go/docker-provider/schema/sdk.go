package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

var (
	interfaceStart = regexp.MustCompile(`^export interface (\w+) \{$`)
	member         = regexp.MustCompile(`^    (\w+)\??: `)
)

// checkAgainstSDK compares the names that the npm package in the directory sends
// and reads with the names that the provider knows. A difference would otherwise
// be a property that is silently dropped at run time.
func checkAgainstSDK(spec schema.PackageSpec, directory string) error {
	interfaces, err := readInterfaces(directory)
	if err != nil {
		return err
	}
	var faults []error
	if version, err := readVersion(directory); err != nil {
		return err
	} else if version != spec.Version {
		faults = append(faults, fmt.Errorf(
			"the SDK is %s and asks the engine for that version, the provider is %s",
			version, spec.Version))
	}
	compare := func(name string, provider map[string]schema.PropertySpec) {
		sdk, known := interfaces[name]
		if !known {
			faults = append(faults, fmt.Errorf("%s: not in %s", name, directory))
			return
		}
		for property := range provider {
			if !slices.Contains(sdk, property) {
				faults = append(faults, fmt.Errorf("%s: %s is the provider's, not the SDK's", name, property))
			}
		}
		for _, property := range sdk {
			if _, known := provider[property]; !known {
				faults = append(faults, fmt.Errorf("%s: %s is the SDK's, not the provider's", name, property))
			}
		}
	}
	for token, resource := range spec.Resources {
		name := string(tokens.Type(token).Name())
		compare(name+"Args", resource.InputProperties)
		compare(name+"State", resource.StateInputs.Properties)
	}
	for token, object := range spec.Types {
		if strings.HasPrefix(token, spec.Name+":index/") {
			// A function's types begin with its own small letter, TypeScript's with a capital.
			name := string(tokens.Type(token).Name())
			compare(strings.ToUpper(name[:1])+name[1:], object.Properties)
		}
	}
	return errors.Join(faults...)
}

func readVersion(directory string) (string, error) {
	text, err := os.ReadFile(filepath.Join(directory, "package.json"))
	if err != nil {
		return "", fmt.Errorf("the SDK to compare with: %w; run npm install", err)
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", fmt.Errorf("%s: %w", directory, err)
	}
	return manifest.Version, nil
}

// readInterfaces gives the member names of each interface in the declarations of the package.
func readInterfaces(directory string) (map[string][]string, error) {
	paths, err := filepath.Glob(filepath.Join(directory, "*.d.ts"))
	if err != nil {
		return nil, err
	}
	interfaces := map[string][]string{}
	types := filepath.Join(directory, "types")
	paths = append(paths, filepath.Join(types, "input.d.ts"), filepath.Join(types, "output.d.ts"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if start := interfaceStart.FindStringSubmatch(line); start != nil {
				name = start[1]
				interfaces[name] = nil
			} else if line == "}" {
				name = ""
			} else if found := member.FindStringSubmatch(line); found != nil && name != "" {
				interfaces[name] = append(interfaces[name], found[1])
			}
		}
	}
	return interfaces, nil
}
