import { expect, test } from '@jest/globals';
import { CallError } from '../call.ts';
import { refuseLostSecret } from './lost-secret.ts';

test.each(['PULUMI_BACKEND_URL', 'login'] as const)(
  'a CI makes no secret for a backend that outlives it (%s), and says how to make one',
  (chosenBy) => {
    const make = (): void => refuseLostSecret('prod', { chosenBy }, { CI: 'true' });
    expect(make).toThrow(CallError);
    expect(make).toThrow(
      new RegExp(
        'Pulumi\\.prod\\.yaml has no spywatcher:rootSecret.*\n.*commit Pulumi\\.prod\\.yaml.*\n' +
          ' {2}openssl rand -hex 32 \\| npm run --silent pulumi -- ' +
          'config set --secret rootSecret -s prod$',
      ),
    );
  },
);

test('a backend of the checkout goes with it: there a CI may make one', () => {
  expect(() => refuseLostSecret('dev', { chosenBy: 'default' }, { CI: 'true' })).not.toThrow();
});

test.each([{}, { CI: '' }, { CI: 'false' }])('outside of a CI the file stays: %j', (env) => {
  expect(() => refuseLostSecret('dev', { chosenBy: 'login' }, env)).not.toThrow();
});
