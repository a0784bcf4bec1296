import versions from '../versions.json' with { type: 'json' };
import { type BuildOptions, buildRecipe, type GoRecipe } from './go-recipe.ts';

type GoTool =
  | 'pulumi'
  | 'pulumi-language-nodejs'
  | 'pulumi-resource-docker'
  | 'pulumi-resource-kubernetes'
  | 'kube-score'
  | 'actionlint';

const RECIPES: Readonly<Record<GoTool, GoRecipe>> = {
  pulumi: {
    module: 'toolchain/go/pulumi',
    packagePath: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    // Without a version, requiredPulumiVersion and the Automation API refuse the CLI.
    values: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': versions.pulumi },
    folder: 'bin',
  },
  // Beside the CLI, where it looks for it.
  'pulumi-language-nodejs': {
    module: 'toolchain/go/language-host',
    packagePath: '.',
    folder: 'bin',
  },
  'pulumi-resource-docker': {
    module: 'toolchain/go/docker-provider',
    packagePath: '.',
    // Leaves out a resource without a Pulumi type, and with it all of Docker Compose.
    tags: ['no_compose'],
    generated: 'schema.json',
    // Away from `bin`, which is on PATH: Pulumi prefers a provider that it finds there to the
    // installed one, and warns at every update.
    folder: 'providers',
  },
  'pulumi-resource-kubernetes': {
    module: 'toolchain/go/kubernetes-provider',
    packagePath: '.',
    values: { 'main.version': versions.kubernetesProvider },
    generated: 'schema.json',
    folder: 'providers',
  },
  'kube-score': {
    module: 'toolchain/go/kube-score',
    packagePath: 'github.com/zegl/kube-score/cmd/kube-score',
    folder: 'checkers',
  },
  actionlint: {
    module: 'toolchain/go/actionlint',
    packagePath: 'github.com/rhysd/actionlint/cmd/actionlint',
    folder: 'checkers',
  },
};

/** Builds a tool of the set-up or of the checks, as {@link buildRecipe} does. */
export const buildGoTool = (name: GoTool, options: BuildOptions): Promise<string> =>
  buildRecipe(name, RECIPES[name], options);
