// Command schema writes the provider's schema, as its module has it, under the
// version of the SDK that programs use.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/pulumi/pulumi-kubernetes/provider/v4"

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: schema OUTPUT SDK_FOLDER")
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func write(output, sdk string) error {
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(
		strings.TrimSpace(string(folder)), "cmd", "pulumi-resource-kubernetes", "schema.json"))
	if err != nil {
		return err
	}
	var schema map[string]json.RawMessage
	if err := json.Unmarshal(raw, &schema); err != nil {
		return err
	}
	manifest, err := os.ReadFile(filepath.Join(sdk, "package.json"))
	if err != nil {
		return err
	}
	var published struct{ Version string }
	if err := json.Unmarshal(manifest, &published); err != nil {
		return err
	}
	if published.Version == "" {
		return errors.New(sdk + " has no version")
	}
	if schema["version"], err = json.Marshal(published.Version); err != nil {
		return err
	}
	text, err := json.Marshal(schema)
	if err != nil {
		return err
	}
	return os.WriteFile(output, text, 0o644)
}
