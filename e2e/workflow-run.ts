import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '../toolchain/places.mjs';
import { readWorkflows, type WorkflowStep } from '../tools/pull-requests/workflows.ts';

/**
 * What `${{ ... }}` stands for: `matrix.stack`, `secrets.KUBECONFIG`. What is not here is empty, as
 * on a runner.
 */
type Expressions = Readonly<Record<string, string>>;

export interface JobRun {
  readonly workflow: string;
  readonly job: string;
  readonly expressions: Expressions;
  /** Stands for the runner's temporary folder; made when it is not there. */
  readonly temp: string;
  /** What the runner itself adds to the environment; it wins over what the workflow says. */
  readonly runner?: Readonly<Record<string, string>>;
}

interface StepRun {
  readonly name: string;
  readonly exitCode: number;
  readonly stderr: string;
}

export interface JobEnd {
  /** Of those with a command of their own, in their order. */
  readonly steps: readonly StepRun[];
  /** What was written to the job's summary. */
  readonly summary: string;
}

/**
 * Runs the commands of a job on this checkout as a runner would: each in a bash of its own that
 * ends at the first failure, after a failure only those that say so. Actions are left out. Of this
 * process' environment they get PATH alone.
 */
export async function runJob({
  workflow,
  job,
  expressions,
  temp,
  runner: added = {},
}: JobRun): Promise<JobEnd> {
  const read = readWorkflows().get(workflow)?.workflow.jobs[job];
  if (read === undefined) throw new Error(`there is no job ${job} in ${workflow}`);
  mkdirSync(join(temp, 'home'), { recursive: true });
  const summary = join(temp, 'summary.md');
  const fill = (env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv =>
    Object.fromEntries(
      Object.entries(env).map(([name, value]) => [
        name,
        value.replaceAll(
          /\$\{\{ *([\w.]+) *\}\}/g,
          (_all, name: string) => ({ ...expressions, 'runner.temp': temp })[name] ?? '',
        ),
      ]),
    );
  const runner = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: join(temp, 'home'),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    RUNNER_TEMP: temp,
    GITHUB_STEP_SUMMARY: summary,
  };
  const steps: StepRun[] = [];
  for (const [index, step] of read.steps.entries()) {
    if (
      step.run === undefined ||
      (step.if === undefined && steps.some(({ exitCode }) => exitCode !== 0))
    )
      continue;
    const script = join(temp, `step-${index + 1}.sh`);
    writeFileSync(script, step.run);
    steps.push(
      await runScript(step, script, { ...runner, ...fill(read.env), ...fill(step.env), ...added }),
    );
  }
  return { steps, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

async function runScript(
  { name = '' }: WorkflowStep,
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<StepRun> {
  const child = spawn('bash', ['-e', script], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const exitCode = await new Promise<number>((resolve, reject) =>
    child.once('error', reject).once('close', (code) => resolve(code ?? -1)),
  );
  return { name, exitCode, stderr };
}
