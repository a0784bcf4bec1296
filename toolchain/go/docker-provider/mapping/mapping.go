// Package mapping says which Terraform resource and data source becomes which
// type of the npm package @pulumi/docker. The types there are fixed: a token or
// a property name that differs from it makes the SDK fail at run time.
package mapping

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// Name is the Pulumi package that the provider serves.
const Name = "docker"

// Version is the release of @pulumi/docker whose schema this provider equals.
// The SDK asks the engine for exactly this version of the plugin.
const Version = "5.2.0"

// autonameLimit is the longest name that the provider makes up for a resource
// without one, in characters: the limit of a Docker object's name.
const autonameLimit = 255

// Docker returns the mapped provider, without metadata or schema.
func Docker() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(provider.New(Version)()),
		Name:    Name,
		Version: Version,
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"DOCKER_HOST"}}},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_buildx_builder": {Tok: resource("BuildxBuilder")},
			"docker_config":         {Tok: resource("ServiceConfig")},
			"docker_container": {
				Tok: resource("Container"),
				// Two containers cannot hold one name or one port.
				DeleteBeforeReplace: true,
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           singular("command"),
					"networks_advanced": singular("networksAdvanced"),
				},
			},
			"docker_image": {
				Tok: resource("RemoteImage"),
				// Named as given: an image's name is an address, so none is made up.
				Fields: map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}},
			},
			"docker_network":        {Tok: resource("Network")},
			"docker_plugin":         {Tok: resource("Plugin")},
			"docker_registry_image": {Tok: resource("RegistryImage")},
			"docker_secret":         {Tok: resource("Secret")},
			"docker_service":        {Tok: resource("Service")},
			"docker_tag":            {Tok: resource("Tag")},
			"docker_volume":         {Tok: resource("Volume")},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image":                    {Tok: function("getRemoteImage")},
			"docker_logs":                     {Tok: function("getLogs")},
			"docker_network":                  {Tok: function("getNetwork")},
			"docker_plugin":                   {Tok: function("getPlugin")},
			"docker_registry_image":           {Tok: function("getRegistryImage")},
			"docker_registry_image_manifests": {Tok: function("getRegistryImageManifests")},
		},
	}
	info.SetAutonaming(autonameLimit, "-")
	return info
}

func resource(name string) tokens.Type {
	return tfbridge.MakeResource(Name, "index", name)
}

func function(name string) tokens.ModuleMember {
	return tokens.ModuleMember(Name + ":index/" + name + ":" + name)
}

// singular keeps a list's name as it is, where the bridge would add an "s".
func singular(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name}
}
