import type { Plan } from '../plan/plan.ts';

/** What the settings say of the app beside its sizes, in sentences; none where they say nothing. */
export function describeApp({ app, settings: { app: given }, pooler }: Plan): readonly string[] {
  const names = (of: Readonly<Record<string, unknown>>): string =>
    Object.keys(of).sort().join(', ');
  return [
    ...(app === 'ours' ? [] : describeProgram(app, pooler)),
    ...(Object.keys(given.env).length === 0 ? [] : [`Variables of its own: ${names(given.env)}.`]),
    ...(Object.keys(given.secrets).length === 0
      ? []
      : [`Secrets of its own: ${names(given.secrets)}.`]),
  ];
}

function describeProgram(
  { image, command, user, driver, migrate, secretsAs }: Exclude<Plan['app'], 'ours'>,
  pooler: Plan['pooler'],
): readonly string[] {
  return [
    `Runs ${image}, not our app, as user ${user}` +
      `${command === undefined ? '' : `, by ${command.join(' ')}`}.`,
    migrate === 'off' ? 'Its migrations are its own affair.' : `Migrates by ${migrate.join(' ')}.`,
    ...(pooler === 'off' ? [] : [describeDriver(driver)]),
    ...(secretsAs === 'file'
      ? []
      : [
          'Its secrets are in its environment, where docker inspect, child processes and crash ' +
            'reports have them.',
        ]),
  ];
}

const describeDriver = (driver: Exclude<Plan['app'], 'ours'>['driver']): string =>
  driver === 'not named'
    ? 'Its driver is not named (app.driver), so each client keeps a server connection.'
    : `Shares server connections between transactions, by ${driver}.`;
