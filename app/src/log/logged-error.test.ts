import { expect, test } from '@jest/globals';
import { renderError } from './logged-error.ts';

/** What Prisma throws for a query that this error of the server ended. */
function prismaError(cause: object, message: string): Error {
  const driverAdapterError = Object.assign(new Error('DriverAdapterError'), {
    name: 'DriverAdapterError',
    cause,
  });
  return Object.assign(new Error(message), {
    name: 'PrismaClientKnownRequestError',
    code: 'P2010',
    meta: { driverAdapterError },
  });
}

test('every error of the chain is named with its codes, and a socket with its call', () => {
  const socket = Object.assign(new Error('connect EACCES /run/x'), {
    code: 'EACCES',
    syscall: 'connect',
  });
  const error = new Error('outer', { cause: new AggregateError([socket], 'none of them') });
  expect(renderError(error)).toEqual({
    type: 'Error',
    message: 'outer: none of them',
    stack: expect.stringContaining('caused by: AggregateError: none of them') as unknown,
    chain: [
      { type: 'Error', codes: [] },
      { type: 'AggregateError', codes: [] },
      { type: 'Error', codes: ['EACCES'], syscall: 'connect' },
    ],
  });
  expect(
    renderError(
      prismaError(
        { kind: 'postgres', code: '53100', originalCode: '53100' },
        'could not extend file',
      ),
    ),
  ).toMatchObject({
    code: 'P2010',
    chain: [
      { type: 'PrismaClientKnownRequestError', codes: ['P2010'] },
      { type: 'DriverAdapterError', codes: [] },
      { type: 'Object', codes: ['53100', 'postgres'] },
    ],
  });
});

test.each([
  [
    'a row of Postgres',
    prismaError(
      {
        kind: 'UniqueConstraintViolation',
        originalCode: '23505',
        detail: 'Key (a)=(canary) already exists.',
      },
      'Raw query failed',
    ),
  ],
  [
    'the arguments of a Redis command',
    Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['u', 'canary'] } }),
  ],
  ['a client of pg-pool', Object.assign(new Error('terminated'), { client: { user: 'canary' } })],
  [
    'a value that Postgres quotes',
    prismaError(
      { kind: 'postgres', originalCode: '22P02' },
      'Raw query failed. Message: `invalid input value for enum e: "the "canary"\ncanary"`',
    ),
  ],
  ['a thrown text', 'canary'],
  ['a thrown object', { canary: 'canary' }],
])('%s is not logged', (_what, error) => {
  expect(JSON.stringify(renderError(error))).not.toContain('canary');
});

test('of a message with a value the rest is kept, and where it was thrown', () => {
  const { message, stack } = renderError(
    prismaError({ kind: 'postgres', originalCode: '22P02' }, 'invalid input value for enum e: "x"'),
  );
  expect(message).toBe('invalid input value for enum e: "..."');
  expect(stack).toMatch(
    /^\S+: invalid input value for enum e: "\.\.\."\n\s+at .*logged-error\.test/,
  );
});

test('what circles ends, and what is nothing is named', () => {
  const error = new Error('circle');
  error.cause = error;
  expect(renderError(error).chain.length).toBeLessThan(10);
  expect(renderError(undefined)).toEqual({
    type: 'undefined',
    message: 'thrown, and not an Error',
    chain: [],
  });
});
