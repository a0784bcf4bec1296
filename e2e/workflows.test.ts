import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryProgram } from '../toolchain/program.ts';
import {
  findObstacle,
  prepareWorkflowCheckers,
  type WorkflowCheckers,
} from '../tools/pull-requests/workflow-checkers.ts';
import { readWorkflows, workflowFolder } from '../tools/pull-requests/workflows.ts';

// A developer's machine may have neither; a CI has to.
const obstacle = process.env['CI'] === undefined ? findObstacle() : undefined;
const describeWhere = obstacle === undefined ? describe : describe.skip;

let checkers: WorkflowCheckers;

/** What actionlint has to say, a line each; the shell is shellcheck's. */
async function findFaults(files: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await tryProgram(checkers.actionlint, [
    '-shellcheck',
    checkers.shellcheck,
    '-pyflakes',
    '',
    '-no-color',
    '-oneline',
    ...files,
  ]);
  if (code === null || code > 1) throw new Error(`actionlint gives no answer: ${stdout}${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

describeWhere(
  `actionlint and shellcheck${obstacle === undefined ? '' : ` (not run: ${obstacle})`}`,
  () => {
    beforeAll(async () => {
      checkers = await prepareWorkflowCheckers();
    }, 600_000);

    test('find nothing in the workflows', async () => {
      expect(
        await findFaults([...readWorkflows().keys()].map((file) => join(workflowFolder, file))),
      ).toEqual([]);
    }, 60_000);

    test.each([
      ['a variable without quotes', '"$STACK" --markdown', '$STACK --markdown', 'SC2086'],
      [
        'a title of a pull request in a command',
        '"$STACK" --markdown',
        '"${{ github.event.pull_request.title }}" --markdown',
        'potentially untrusted',
      ],
      [
        'a permission that does not exist',
        'pull-requests: write',
        'pull-request: write',
        'unknown permission scope',
      ],
      ['a job that nobody is', 'needs: preview', 'needs: review', 'does not exist'],
      [
        'an expression that is none',
        'needs.preview.result',
        'needs.preview.outcome',
        'is not defined in object type',
      ],
    ])(
      'find %s',
      async (_what, ...[right, wrong, finding]) => {
        const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
        try {
          const text = readFileSync(join(workflowFolder, 'preview.yml'), 'utf8');
          expect(text).toContain(right);
          writeFileSync(join(folder, 'preview.yml'), text.replaceAll(right, wrong));
          expect((await findFaults([join(folder, 'preview.yml')])).join('\n')).toContain(finding);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
      60_000,
    );
  },
);
