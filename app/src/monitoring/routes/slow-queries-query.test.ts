import { expect, test } from '@jest/globals';
import { HttpError } from '../../http/http-error.ts';
import { readSlowQueriesQuery } from './slow-queries-query.ts';
import { plan } from '../testing/observations.ts';

const read = (parameters: unknown) => readSlowQueriesQuery(parameters, plan);

function refusalOf(parameters: unknown): string {
  try {
    read(parameters);
  } catch (error) {
    if (error instanceof HttpError && error.status === 400 && error.code === 'invalid_request')
      return error.message;
    throw error;
  }
  return '';
}

test('what is not asked for is 20 statements that the plan calls slow, by their mean', () => {
  expect(read({})).toEqual({ limit: 20, minMs: plan.slowQueryMs, sort: 'mean' });
});

test('each parameter replaces its default, at both ends of what is allowed', () => {
  expect(read({ limit: '1', minMs: '0', sort: 'total' })).toEqual({
    limit: 1,
    minMs: 0,
    sort: 'total',
  });
  expect(read({ limit: '100', minMs: '86400000', sort: 'calls' })).toEqual({
    limit: 100,
    minMs: 86_400_000,
    sort: 'calls',
  });
});

test.each([
  ['too low', { limit: '0' }, ['limit: must be a whole number from 1 to 100']],
  [
    'too high',
    { limit: '101', minMs: '86400001' },
    ['limit: ', 'minMs: must be a whole number from 0 to 86400000'],
  ],
  ['no whole number', { limit: '1e1', minMs: '-1' }, ['limit: ', 'minMs: ']],
  ['empty, blank or not ASCII', { limit: '', minMs: '١' }, ['limit: ', 'minMs: ']],
  [
    'repeated',
    { limit: ['1', '1'], minMs: ['1', '2'], sort: ['mean', 'max'] },
    ['limit: must be given once', 'minMs: must be given once', 'sort: must be given once'],
  ],
  ['nested', { limit: { a: '1' } }, ['limit: must be given once']],
  [
    'an unknown sort',
    { sort: 'mean_ms DESC; DROP TABLE presence' },
    ['sort: must be given once, as one of mean, total, max, calls'],
  ],
  [
    'unknown names',
    { offset: '1', LIMIT: '1' },
    ['offset: is not known here', 'LIMIT: is not known here'],
  ],
  ['unknown and wrong at a time', { offset: '1', limit: 'x' }, ['offset: ', 'limit: ']],
  [
    'the name of a prototype',
    JSON.parse('{"__proto__": "1"}') as unknown,
    ['__proto__: is not known here'],
  ],
])('%s is refused, naming each parameter', (_what, parameters, names) => {
  const refusal = refusalOf(parameters);
  for (const name of names) expect(refusal).toContain(name);
  expect(refusal.split('; ')).toHaveLength(names.length);
});
