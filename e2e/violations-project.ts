import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ended } from './docker.ts';
import { ended } from './stack-project.ts';

const checkout = resolve(import.meta.dirname, '..');
const PROGRAM = join('e2e', 'violations');
const POLICY_PACK = join(checkout, 'policy');

/** How Pulumi says that the pack ran and found nothing; where the pack lies follows. */
export const PASSED = '✅ spywatcher@v0.1.0 (local: ';

/** Another project than ours, which uses our policy pack as its README would say. */
export interface ViolationsProject {
  /** `pulumi preview --policy-pack` of the program with these offences; `nothing` for none. */
  preview(offences: string, kind: 'development' | 'production'): Promise<Ended>;
  close(): void;
}

/** Makes a stack for development and one for production in a backend of its own. */
export async function openViolationsProject(
  target: 'docker' | 'kubernetes',
): Promise<ViolationsProject> {
  const backend = mkdtempSync(join(tmpdir(), 'violations-'));
  const stacks = {
    development: `test-violations-${process.pid}`,
    production: `test-violations-prod-${process.pid}`,
  };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString('hex'),
  };
  const pulumi = (violates: string, ...args: string[]): Promise<Ended> =>
    ended(
      spawn(
        process.execPath,
        [join(checkout, 'tools', 'run.mjs'), 'pulumi', '--cwd', PROGRAM, ...args],
        { cwd: checkout, env: { ...env, VIOLATES: violates }, stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
  const project: ViolationsProject = {
    preview: (offences, kind) =>
      pulumi(
        `${target}/${offences}`,
        'preview',
        '--stack',
        stacks[kind],
        '--policy-pack',
        POLICY_PACK,
      ),
    close: () => {
      rmSync(backend, { recursive: true, force: true });
      for (const stack of Object.values(stacks))
        rmSync(join(checkout, PROGRAM, `Pulumi.${stack}.yaml`), { force: true });
    },
  };
  for (const stack of Object.values(stacks)) {
    const { exitCode, stderr } = await pulumi('', 'stack', 'init', stack, '--no-select');
    if (exitCode === 0) continue;
    project.close();
    throw new Error(`pulumi stack init exited ${exitCode}: ${stderr}`);
  }
  return project;
}

/** Names of the policies that a preview says were broken. */
export function brokenPolicies({ stdout }: Ended): readonly string[] {
  return [...stdout.matchAll(/^ +- \[mandatory\] +(\S+)/gm)].map(([, name = '']) => name);
}

/**
 * Each broken policy with the resource that breaks it, as `policy resource`, in alphabetical order.
 */
export function brokenOnResources({ stdout }: Ended): readonly string[] {
  const line = /^ +- \[mandatory\] +(\S+) +\(\S+: (\S+)\)$/gm;
  return [...stdout.matchAll(line)]
    .map(([, policy = '', resource = '']) => `${policy} ${resource}`)
    .sort();
}
