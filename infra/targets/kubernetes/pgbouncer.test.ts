import { expect, test } from '@jest/globals';
import { recordEnvironment } from '../../testing/recorded-environment.ts';
import { resourceCases } from '../../testing/resource-cases.ts';

test('a process of the tier is a pod, with one more for the loss of one, and no peer', async () => {
  const settings = {
    ...resourceCases['prod']?.settings,
    pooler: { placement: 'shared', processes: 3, poolSize: 2, reservePoolSize: 1, minPoolSize: 0 },
  };
  const resources = await recordEnvironment({ environment: 'prod', settings });
  const inputsOf = (kind: string, name: string): unknown =>
    resources.find(({ type, name: found }) => type.endsWith(`:${kind}`) && found === name)?.inputs;
  expect(inputsOf('Deployment', 'pgbouncer')).toMatchObject({
    spec: {
      replicas: 4,
      template: { spec: { containers: [{ name: 'pgbouncer' }] } },
    },
  });
  expect(inputsOf('Service', 'pgbouncer-each-service')).toMatchObject({
    metadata: { name: 'pgbouncer-each' },
    spec: { clusterIP: 'None', ports: [{ port: 6_432 }] },
  });
  expect(JSON.stringify(inputsOf('ConfigMap', 'pgbouncer-config'))).not.toContain('peer');
});
