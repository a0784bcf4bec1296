import { join } from 'node:path';
import { buildGoModule, type GoBuild } from './go-module.ts';
import versions from './versions.json' with { type: 'json' };

export type GoTool = 'pulumi' | 'pulumi-language-nodejs' | 'pulumi-resource-docker';

type Recipe = Omit<GoBuild, 'module' | 'output' | 'report' | 'signal'> & {
  /** Below `tools/go/`. */
  readonly module: string;
  /** Below the tools directory. */
  readonly folder: string;
};

const RECIPES: Readonly<Record<GoTool, Recipe>> = {
  pulumi: {
    module: 'pulumi',
    packagePath: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    // Without it the CLI has no version, and requiredPulumiVersion and the Automation API refuse it.
    values: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': versions.pulumi },
    folder: 'bin',
  },
  // Beside the CLI, where it looks for it.
  'pulumi-language-nodejs': { module: 'language-host', packagePath: '.', folder: 'bin' },
  'pulumi-resource-docker': {
    module: 'docker-provider',
    packagePath: '.',
    // Leaves out a resource that no Pulumi type is made of, and with it all of Docker Compose.
    tags: ['no_compose'],
    generated: 'schema.json',
    // Away from `bin`, which is on PATH: a provider found there wins over the installed one, with a warning at every update.
    folder: 'providers',
  },
};

/**
 * Builds a tool of `tools/go/` from Go modules, with the user's own Go and its caches, unless it is up to date.
 * Returns the binary's absolute path in `toolsDirectory`. Throws with what to do when Go is missing or too old, and with the compiler's last words when a build fails.
 */
export async function buildGoTool(name: GoTool, toolsDirectory: string, report: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const { module, folder, ...recipe } = RECIPES[name];
  return buildGoModule({ ...recipe, module: join(import.meta.dirname, 'go', module), output: join(toolsDirectory, folder, name), report, ...(signal && { signal }) });
}
