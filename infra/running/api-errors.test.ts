import { expect, test } from '@jest/globals';
import { ApiException } from '@kubernetes/client-node';
import { describeApiError, orNothing } from './api-errors.ts';

const answer = (code: number, message: string) =>
  new ApiException(code, 'Unknown API Status Code!', JSON.stringify({ kind: 'Status', message }), {
    'audit-id': 'x',
  });
const listEvents = { verb: 'list', resource: 'events', namespace: 'spywatcher-prod' } as const;

test('a missing right is named with what the API server says, and without its headers', () => {
  const text = describeApiError(
    answer(403, 'events is forbidden: User "ann" cannot list'),
    listEvents,
  );
  expect(text).toBe(
    'this user may not list events in the namespace spywatcher-prod: ' +
      'events is forbidden: User "ann" cannot list. ' +
      'docs/kubernetes.md has the rights that are needed.',
  );
});

test('without an answer it says so, and where the address comes from', () => {
  const text = describeApiError(
    new Error('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }),
    { verb: 'get', resource: 'namespaces' },
  );
  expect(text).toBe(
    'cannot get namespaces: the API server does not answer (connect ECONNREFUSED 127.0.0.1:1). ' +
      'Look at KUBECONFIG, at the current context and at kubernetes.context.',
  );
});

test('a user it does not know is told apart from one without the right', () => {
  expect(describeApiError(answer(401, 'Unauthorized'), listEvents)).toContain(
    'does not know this user',
  );
});

test('any other answer keeps the words of the API server, or its status when it has none', () => {
  expect(describeApiError(answer(500, 'etcd is gone'), listEvents)).toBe(
    'cannot list events in the namespace spywatcher-prod: etcd is gone',
  );
  expect(describeApiError(new ApiException(502, 'x', '<html>', {}), listEvents)).toBe(
    'cannot list events in the namespace spywatcher-prod: HTTP 502',
  );
});

test('an object that is not there is nothing, and every other error stays one', async () => {
  expect(await orNothing(Promise.resolve('there'))).toBe('there');
  expect(await orNothing(Promise.reject(answer(404, 'not found')))).toBeUndefined();
  await expect(orNothing(Promise.reject(answer(403, 'no')))).rejects.toMatchObject({ code: 403 });
});
