import { renderAppEnvironment } from '../../app/environment.ts';
import { handToApp } from '../../app/program.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import type { Credentials } from '../../credentials.ts';
import type { AppProgram } from '../../plan/app-program.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ContainerShape } from './container.ts';
import { byProgram, byRequest, type HealthQuestion } from './health.ts';

/** What differs between our app and an image that is not ours. */
export interface AppContainer extends Pick<
  ContainerShape,
  'entrypoint' | 'environmentVariables' | 'secretVariables' | 'user' | 'scratch'
> {
  /** Contents of its secrets folder, by file name. */
  readonly files: Readonly<Record<string, string>>;
  readonly healthTest: readonly string[];
  readonly asked?: HealthQuestion;
  /** Published on this machine. */
  readonly ports: readonly number[];
}

export const ourContainer = (plan: Plan, credentials: Credentials): AppContainer => ({
  user: 'app',
  environmentVariables: renderAppEnvironment(plan),
  files: appSecretFiles(plan, credentials),
  healthTest: ['CMD', 'bash', '/app/healthcheck.sh'],
  ports: [plan.settings.app.port, plan.settings.app.adminPort],
});

/** Any image, of which nothing is assumed: its health is asked from outside, or by itself. */
export function programContainer(
  program: AppProgram,
  plan: Plan,
  credentials: Credentials,
): AppContainer {
  const { user, command, health } = program;
  const { variables, secrets, files } = handToApp(program, plan, credentials);
  const { port } = plan.settings.app;
  return {
    user,
    ...(command === undefined ? {} : { entrypoint: command }),
    environmentVariables: variables,
    secretVariables: secrets,
    files,
    scratch: ['/tmp'],
    ...('command' in health
      ? {
          healthTest: ['CMD', ...health.command],
          asked: byProgram(health.command),
          ports: [port],
        }
      : {
          healthTest: ['NONE'],
          asked: byRequest(`http://127.0.0.1:${health.port}${health.path}`),
          ports: [port, health.port],
        }),
  };
}

/** The ports as the provider takes them, each once. */
export const publishedPorts = (
  ports: readonly number[],
): readonly { readonly internal: number; readonly external: number }[] =>
  [...new Set(ports)].map((port) => ({ internal: port, external: port }));
