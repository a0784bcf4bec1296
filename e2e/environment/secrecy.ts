import { expect } from '@jest/globals';
import { dockerOutput, logsOf } from '../docker.ts';
import type { TestStack } from '../test-stack.ts';

/** Expects none of the root secret and the derived passwords where everybody may look. */
export async function expectNoSecretShown(stack: TestStack): Promise<void> {
  const { stdout: state } = await stack.pulumi('stack', 'export');
  const containers = [...(await stack.containers()).values()];
  const logs = await Promise.all(containers.map(logsOf));
  const inspected = await dockerOutput('inspect', ...containers);
  const images = [
    ...new Set((JSON.parse(inspected) as { readonly Image: string }[]).map((each) => each.Image)),
  ];
  const histories = await Promise.all(
    images.map((image) => dockerOutput('history', '--no-trunc', image)),
  );
  const places: Record<string, string> = {
    state,
    printed: stack.printed.join('\n'),
    logs: logs.join('\n'),
    inspected,
    histories: histories.join('\n'),
    inspectedImages: await dockerOutput('inspect', ...images),
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length).toBeGreaterThan(100);
    expect({ place, found: secretsIn(stack, text) }).toEqual({ place, found: [] });
  }
}

/** Names of the secrets of the stack that a text holds, in alphabetical order. */
export function secretsIn(stack: TestStack, text: string, version = 1): readonly string[] {
  const { superuser, owner, app, monitor, poolerAdmin, poolerMonitor, redisPassword, adminToken } =
    stack.credentials(version);
  const roles = Object.entries({ superuser, owner, app, monitor, poolerAdmin, poolerMonitor });
  const secrets: readonly (readonly [string, string])[] = [
    ['rootSecret', stack.rootSecret],
    ['redis', redisPassword],
    ['adminToken', adminToken],
    ...roles.map(([name, { password }]) => [name, password] as const),
  ];
  return secrets
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => name)
    .sort();
}
