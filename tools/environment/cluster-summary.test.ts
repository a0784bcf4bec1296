import { expect, test } from '@jest/globals';
import { planEnvironment } from '../../infra/plan/plan.ts';
import { checkSettings } from '../../infra/settings/check-settings.ts';
import { renderClusterSummary } from './cluster-summary.ts';

/** The calls of kubectl in the summary, up to the namespace. */
function calls(kubernetes: object): readonly string[] {
  const plan = planEnvironment(
    checkSettings(
      {
        target: 'kubernetes',
        credentialsVersion: 1,
        pooler: { poolSize: 5, minPoolSize: 2 },
        kubernetes,
      },
      'prod',
    ),
  );
  return [...renderClusterSummary(plan, []).matchAll(/kubectl .*?-n \S+/g)].map(([call]) => call);
}

test('every kubectl command names the context of the settings, quoted for a shell', () => {
  expect(calls({ context: 'arn:aws:eks:eu-1:1:cluster/prod' })).toEqual(
    Array(3).fill('kubectl --context arn:aws:eks:eu-1:1:cluster/prod -n spywatcher-prod'),
  );
  expect(calls({ context: "the team's" })).toEqual(
    Array(3).fill("kubectl --context 'the team'\\''s' -n spywatcher-prod"),
  );
});

test('without one it is the current context, and only the namespace is named', () => {
  expect(calls({})).toEqual(Array(3).fill('kubectl -n spywatcher-prod'));
});
