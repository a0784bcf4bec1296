import { expect, test } from '@jest/globals';
import { findChangeFaults } from './change-faults.ts';
import { planEnvironment } from '../plan/plan.ts';
import { type DeployedPlan, describeDeployed } from './deployed-plan.ts';
import { checkSettings } from '../settings/check-settings.ts';

const planOf = (credentialsVersion: number) =>
  planEnvironment(checkSettings({ target: 'docker', credentialsVersion }, 'dev'));
const faultsOf = (before: number, after: number) =>
  findChangeFaults(describeDeployed(planOf(before)), planOf(after));

test('credentials of an older version than the deployed one are refused', () => {
  expect(faultsOf(4, 2)).toEqual([
    {
      key: 'credentialsVersion',
      got: '2, but 4 is deployed',
      allowed: '4 or more',
      remedy:
        'Raise it to 4, or to 5 for new passwords: ' +
        'an older version lacks the passwords that the database has now.',
    },
  ]);
});

test('the same version and a newer one are not', () => {
  expect([...faultsOf(2, 2), ...faultsOf(2, 3), ...faultsOf(2, 9)]).toEqual([]);
});

test('where it is not known what is deployed, nothing is refused', () => {
  const older = Object.fromEntries(
    Object.entries(describeDeployed(planOf(4))).filter(([key]) => key !== 'credentialsVersion'),
  ) as unknown as DeployedPlan;
  expect(
    (['nothing', 'of another version', older] as const).flatMap((before) =>
      findChangeFaults(before, planOf(1)),
    ),
  ).toEqual([]);
});
