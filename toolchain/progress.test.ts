import { expect, test } from '@jest/globals';
import { runSteps, StepError, type Step } from './progress.ts';

function recorder(): { lines: string[]; write: (text: string) => void } {
  const lines: string[] = [];
  return { lines, write: (text) => void lines.push(text.trimEnd()) };
}

/** A step that logs its start and end, and ends after `turns` turns of the event loop. */
function logged(
  log: string[],
  name: string,
  { turns = 2, ...options }: Partial<Step> & { readonly turns?: number } = {},
): Step {
  const run = async (): Promise<'ready'> => {
    log.push(`+${name}`);
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    log.push(`-${name}`);
    return 'ready';
  };
  return { name, run, ...options };
}

test('a step starts after all it waits for, and independent ones run side by side', async () => {
  const log: string[] = [];
  await runSteps(
    [
      logged(log, 'last', { after: ['a', 'b'] }),
      logged(log, 'a', { turns: 1 }),
      logged(log, 'b', { turns: 5 }),
    ],
    recorder(),
  );
  expect(log).toEqual(['+a', '+b', '-a', '-b', '+last', '-last']);
});

test('two heavy steps never overlap, and a light one runs beside them', async () => {
  const log: string[] = [];
  await runSteps(
    [logged(log, 'h1', { heavy: true }), logged(log, 'h2', { heavy: true }), logged(log, 'light')],
    recorder(),
  );
  expect(log.indexOf('+h2')).toBeGreaterThan(log.indexOf('-h1'));
  expect(log.indexOf('+light')).toBeLessThan(log.indexOf('-h1'));
});

test('a failing step is named, running ones are waited for, and nothing new starts', async () => {
  const log: string[] = [];
  let told = false;
  const failing: Step = { name: 'engine', run: () => Promise.reject(new Error('no socket')) };
  const slow: Step = {
    name: 'slow',
    run: async (_report, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      told = true;
      await new Promise(setImmediate);
      log.push('-slow');
      return 'done';
    },
  };
  const outcome = runSteps(
    [
      failing,
      slow,
      logged(log, 'next', { after: ['engine'] }),
      logged(log, 'later', { after: ['slow'] }),
    ],
    recorder(),
  );
  await expect(outcome).rejects.toThrow(new StepError('engine', new Error('no socket')));
  expect(told).toBe(true);
  expect(log).toEqual(['-slow']);
});

test('steps that find everything ready print nothing', async () => {
  const terminal = recorder();
  await runSteps([logged([], 'a'), logged([], 'b', { after: ['a'] })], terminal);
  expect(terminal.lines).toEqual([]);
});

test('a step that makes something tells its start, its reports and how many are left', async () => {
  const terminal = recorder();
  const making: Step = {
    name: 'image',
    run: (report) => (report('unpacking'), Promise.resolve('done')),
  };
  await runSteps([making, logged([], 'next', { after: ['image'] })], terminal);
  expect(terminal.lines).toEqual([
    'image: started',
    'image: unpacking',
    expect.stringMatching(/^image: done in 0\.\d s, 1 of 2 left$/),
  ]);
});

test('on a terminal the live line is erased before a finished line and at the end', async () => {
  const written: string[] = [];
  const making: Step = {
    name: 'image',
    run: (report) => (report('unpacking'), Promise.resolve('done')),
  };
  await runSteps([making], {
    isTTY: true,
    columns: 40,
    write: (text: string) => void written.push(text),
  });
  expect(written.at(0)).toBe('\r\u001b[K');
  expect(written.at(1)).toMatch(/^image: done/);
  expect(written.at(-1)).toBe('\r\u001b[K');
});

test.each([
  ['a misspelt name', [logged([], 'a', { after: ['b'] })]],
  ['a cycle', [logged([], 'a', { after: ['b'] }), logged([], 'b', { after: ['a'] })]],
])('%s in "after" is refused at once', async (_what, steps) => {
  await expect(runSteps(steps, recorder())).rejects.toThrow('can never start: a');
});
