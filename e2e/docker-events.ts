import { spawn } from 'node:child_process';

/** A container that ended, with its exit code. */
export interface Death {
  readonly name: string;
  readonly exitCode: number;
}

/** Records how every container with a label ends, also those that are removed afterwards. */
export function recordDeaths(label: string): { readonly deaths: readonly Death[]; stop(): void } {
  const deaths: Death[] = [];
  const child = spawn(
    'docker',
    [
      'events',
      '--filter',
      `label=${label}`,
      '--filter',
      'event=die',
      '--format',
      '{{json .Actor.Attributes}}',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { name, exitCode } = JSON.parse(line) as { name: string; exitCode: string };
      deaths.push({ name, exitCode: Number(exitCode) });
    }
  });
  return { deaths, stop: () => void child.kill() };
}
