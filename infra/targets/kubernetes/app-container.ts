import { renderAppEnvironment } from '../../app/environment.ts';
import { handToApp } from '../../app/program.ts';
import { appSecretFiles } from '../../app/secret-files.ts';
import type { AppProgram } from '../../plan/app-program.ts';
import { UIDS } from '../../plan/components.ts';
import { MONITORING_DIRECTORY, SECRETS_DIRECTORY } from '../../settings/standard-names.ts';
import type { Cluster } from './cluster.ts';
import { configMount, secretMount } from './mounted-files.ts';
import { type ContainerShape, execProbe, scratch } from './pod.ts';

/** Name of the Secret with what only the app may read. */
const SECRET = 'app';

/** What differs between our app and an image that is not ours. */
export interface AppContainer {
  /** Contents of its Secret, by key. */
  readonly files: Readonly<Record<string, string>>;
  /** Uid of the pod's processes. */
  readonly user: number;
  readonly container: Pick<
    ContainerShape,
    'image' | 'command' | 'environmentVariables' | 'secretVariables' | 'mounts' | 'ports' | 'probes'
  >;
}

const secrets = secretMount('secrets', SECRET, SECRETS_DIRECTORY);
/** A slow start has a minute; then one that hangs is restarted, and one that fails gets nothing. */
const STARTUP = { periodSeconds: 1, failureThreshold: 60 };
const READINESS = { periodSeconds: 2, failureThreshold: 3 };
const LIVENESS = { periodSeconds: 10, failureThreshold: 3 };
const get = (path: string, port: string | number) => ({
  httpGet: { path, port },
  timeoutSeconds: 5,
});

export function ourContainer({ plan, credentials, images }: Cluster): AppContainer {
  const { port, adminPort } = plan.settings.app;
  return {
    files: appSecretFiles(plan, credentials),
    user: UIDS.kubernetes.app,
    container: {
      image: images.app,
      environmentVariables: { ...renderAppEnvironment(plan) },
      mounts: [secrets, configMount('monitoring', 'app-monitoring', MONITORING_DIRECTORY)],
      ports: { http: port, admin: adminPort },
      probes: {
        startup: { ...get('/livez', 'http'), ...STARTUP },
        // Through the pooler to the database: a pod that cannot do that gets no requests.
        readiness: { ...get('/readyz', 'http'), ...READINESS },
        liveness: { ...get('/livez', 'http'), ...LIVENESS },
      },
    },
  };
}

/** Any image, of which nothing is assumed but what the settings say of its health. */
export function programContainer(
  program: AppProgram,
  { plan, credentials }: Cluster,
): AppContainer {
  const { image, user, command, health } = program;
  const { variables, secrets: own, files } = handToApp(program, plan, credentials);
  const probe = (timing: typeof STARTUP) =>
    'command' in health
      ? execProbe(health.command, timing)
      : { ...get(health.path, health.port), ...timing };
  return {
    files,
    user,
    container: {
      image,
      ...(command === undefined ? {} : { command }),
      environmentVariables: variables,
      secretVariables: { secretName: SECRET, names: Object.keys(own) },
      mounts: [secrets, scratch('tmp', '/tmp')],
      ports: { http: plan.settings.app.port },
      probes: {
        startup: probe(STARTUP),
        readiness: probe(READINESS),
        liveness: probe(LIVENESS),
      },
    },
  };
}
