import { expect, test } from '@jest/globals';
import { readThroughput } from './pgbench.ts';

const OUTPUT = `pgbench (17.12)
number of transactions actually processed: 31000
number of failed transactions: 0 (0.000%)
latency average = 0.516 ms
initial connection time = 40.2 ms
tps = 31012.250000 (without initial connection time)
`;

test('the throughput is read from what pgbench prints', () => {
  expect(readThroughput(OUTPUT)).toBe(31_012.25);
});

test.each([
  ['a failed transaction', OUTPUT.replace('transactions: 0', 'transactions: 1')],
  ['an end before the figures', 'pgbench: error: connection failed'],
])('%s is an error with its words', (_what, output) => {
  expect(() => readThroughput(output)).toThrow(output);
});
