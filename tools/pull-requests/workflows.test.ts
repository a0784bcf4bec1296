import { describe, expect, test } from '@jest/globals';
import { readWorkflows, type WorkflowJob, type WorkflowStep } from './workflows.ts';

const workflows = [...readWorkflows()].map(([file, read]) => ({ file, ...read }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ where, job }) =>
  job.steps.map((step, index) => ({ where: `${where} step ${index + 1}`, step })),
);
const jobOf = (where: string): WorkflowJob => {
  const found = jobs.find((entry) => entry.where === where);
  if (found === undefined) throw new Error(`there is no job "${where}"`);
  return found.job;
};

test('the workflows are ci, preview and deploy', () => {
  expect(workflows.map(({ file }) => file).sort()).toEqual(['ci.yml', 'deploy.yml', 'preview.yml']);
});

test('no workflow has the rights of the repository for a foreign pull request', () => {
  const triggers = workflows.flatMap(({ workflow }) => Object.keys(workflow.on));
  expect([...new Set(triggers)].sort()).toEqual([
    'merge_group',
    'pull_request',
    'push',
    'workflow_dispatch',
  ]);
});

test('every action is pinned by a commit, in one version only, which stands beside it', () => {
  const lines = workflows.flatMap(({ text }) =>
    text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line)),
  );
  expect(lines).toHaveLength(steps.filter(({ step }) => step.uses !== undefined).length);
  for (const line of lines)
    expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const pinned = [...new Set(lines.map((line) => line.replace(/^.*uses: /, '')))];
  expect(pinned).toHaveLength(new Set(pinned.map((use) => use.split('@')[0])).size);
});

describe.each(jobs)('$where', ({ job }) => {
  test('has its own permissions and an end', () => {
    expect(job.permissions).toBeDefined();
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  });

  test('uses secrets in an environment alone, and each only in the step that needs it', () => {
    const { steps: own, ...rest } = job;
    expect(JSON.stringify(rest)).not.toContain('secrets.');
    const takes = own.filter((step) => JSON.stringify(step).includes('secrets.'));
    if (takes.length > 0) expect(job.environment).toBeDefined();
    for (const { name } of takes) expect(['Kubeconfig', 'Preview', 'Up']).toContain(name);
  });
});

test('a workflow gives no permission to a job that does not ask for it', () => {
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
});

test('nothing from outside is part of a command line: expressions become variables', () => {
  for (const { where, step } of steps)
    expect({ where, found: /\$\{\{/.test(step.run ?? '') }).toEqual({ where, found: false });
});

test('a checkout leaves no token behind', () => {
  const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(0);
  for (const { where, step } of checkouts)
    expect({ where, kept: step.with?.['persist-credentials'] }).toEqual({ where, kept: false });
});

test('only the comment, by code of the base without packages, and images of main may write', () => {
  const writers = jobs
    .filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'))
    .map(({ where, job }) => [where, job.permissions]);
  expect(Object.fromEntries(writers)).toEqual({
    'preview.yml comment': { contents: 'read', 'pull-requests': 'write' },
    'deploy.yml images': { contents: 'read', packages: 'write' },
  });
  const comment = jobOf('preview.yml comment').steps;
  const [checkout, ...others] = comment.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(others).toEqual([]);
  expect(checkout?.with?.['ref']).toBe('${{ github.event.pull_request.base.sha }}');
  expect(comment.map(({ run }) => run).filter((run) => run !== undefined)).toEqual([
    expect.stringMatching(/^node tools\/commands\/comment\.ts /),
  ]);
  // Within the checkout, a file of the other job could take the place of the command.
  expect(
    comment.find(({ uses }) => uses?.startsWith('actions/download-artifact@'))?.with?.['path'],
  ).toBe('${{ runner.temp }}/report');
  expect(jobOf('deploy.yml images').if).toContain("github.ref == 'refs/heads/main'");
});

test('an early end leaves a comment, and a second attempt never takes the first report', () => {
  const comment = jobOf('preview.yml comment');
  expect(comment.if).toBe("${{ always() && needs.preview.result != 'skipped' }}");
  const stepOf = (job: WorkflowJob, action: string) =>
    job.steps.find(({ uses }) => uses?.startsWith(`actions/${action}@`));
  const [taken, left] = [
    stepOf(comment, 'download-artifact'),
    stepOf(jobOf('preview.yml preview'), 'upload-artifact'),
  ];
  expect(taken?.['continue-on-error']).toBe(true);
  expect(taken?.with?.['name']).toBe('report-${{ matrix.stack }}-${{ github.run_attempt }}');
  expect(left?.with?.['name']).toBe(taken?.with?.['name']);
});

test('prod is deployed only where somebody vouches that it has reviewers', () => {
  const job = jobOf('deploy.yml prod');
  expect(job.environment).toBe('prod');
  expect(job.if).toBe("vars.PROD_HAS_REVIEWERS == 'yes'");
});

test('a machine that stays is left without a login, whatever became of the update', () => {
  const last = jobOf('deploy.yml dev').steps.at(-1);
  expect([last?.if, last?.run]).toEqual(['${{ always() }}', 'docker logout "${REGISTRY%%/*}"']);
});

test('a merge queue gets an answer from every workflow that a branch rule may require', () => {
  for (const { file, workflow } of workflows)
    expect({ file, queue: 'merge_group' in workflow.on }).toEqual({
      file,
      queue: 'pull_request' in workflow.on,
    });
  // There is no pull request in its event, so the conditions choose the plan.
  expect(jobOf('preview.yml plan').if).toContain(
    'github.event.pull_request.head.repo.full_name != github.repository ||',
  );
});

test('a fork gets the plan and no secret, everybody else the preview, and nobody both', () => {
  const [plan, preview] = [jobOf('preview.yml plan'), jobOf('preview.yml preview')];
  expect(plan.environment).toBeUndefined();
  expect(plan.permissions).toEqual({ contents: 'read' });
  expect(JSON.stringify(plan.steps)).not.toMatch(/secrets\.|github\.token|vars\./);
  const opposite = (condition = ''): string =>
    condition.replaceAll(
      /==|!=|&&|\|\|/g,
      (operator) => ({ '==': '!=', '!=': '==', '&&': '||', '||': '&&' })[operator] ?? '',
    );
  expect(opposite(plan.if)).toBe(preview.if);
  expect(preview.if).toContain(
    'github.event.pull_request.head.repo.full_name == github.repository &&',
  );
});

test('every command is ours, but for the login, the files between steps and the verdict', () => {
  const ours = /^(npm test$|npm run --silent [a-z-]+ -- |node tools\/commands\/[a-z-]+\.ts )/;
  const glue = [
    /^printf '%s' "\$TOKEN" \| docker login /,
    /^docker logout "\$\{REGISTRY%%\/\*\}"$/,
    /^install --mode 600 \/dev\/stdin "\$RUNNER_TEMP\/kubeconfig" /,
    /^cat "\$RUNNER_TEMP\/report\.md" >> "\$GITHUB_STEP_SUMMARY"$/,
    /^exit 1$/,
  ];
  const lines = steps
    .flatMap(({ step }: { step: WorkflowStep }) => (step.run ?? '').trimEnd().split('\n'))
    .filter((line) => line !== '');
  const isKnown = (line: string) => [ours, ...glue].some((known) => known.test(line));
  expect(lines.filter((line) => !isKnown(line))).toEqual([]);
});
