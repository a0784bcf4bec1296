import { expect, test } from '@jest/globals';
import { downReasonOf, ReadingTimeoutError } from './down-reason.ts';

const coded = (code: string, message = 'something') => Object.assign(new Error(message), { code });

test.each([
  [
    'timeout',
    [
      new ReadingTimeoutError(1_000),
      new Error('timeout expired'),
      new Error('Command timed out'),
      coded('57014'),
      coded('ETIMEDOUT'),
    ],
  ],
  [
    'unreachable',
    [
      coded('ECONNREFUSED'),
      coded('ENOENT'),
      coded('ENOTFOUND'),
      coded('EAI_AGAIN'),
      coded('57P03'),
      new Error('Connection terminated unexpectedly'),
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    ],
  ],
  [
    'login_refused',
    [
      coded('28P01'),
      coded('28000'),
      coded('08P01', 'SASL authentication failed'),
      new Error('WRONGPASS invalid username-password pair or user is disabled.'),
    ],
  ],
  [
    'no_slot',
    [
      coded('53300'),
      coded('08P01', 'no more connections allowed (max_client_conn)'),
      new Error('ERR max number of clients reached'),
    ],
  ],
  ['failed', [coded('42P01'), new TypeError('x is not a function'), 'a thrown text', undefined]],
])('%s', (reason, errors) => {
  expect(errors.map(downReasonOf)).toEqual(errors.map(() => reason));
});

test('of a name with several addresses the first one tells', () => {
  expect(downReasonOf(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]))).toBe(
    'unreachable',
  );
});
