import { expect, test } from '@jest/globals';
import { renderPrettyLine } from './pretty-log.ts';

test('a line shows time, level, message and details, and an error with its stack', () => {
  const entry = {
    level: 'warn',
    time: '2026-01-02T03:04:05.678Z',
    environment: 'dev',
    layer: 'redis',
    ms: 5,
    err: { stack: 'Error: x\n    at y' },
    msg: 'gone',
  };
  expect(renderPrettyLine(JSON.stringify(entry))).toBe(
    '03:04:05.678 WARN  gone layer=redis ms=5\nError: x\n    at y\n',
  );
});
