import type * as docker from '@pulumi/docker';

/** What makes a container and its volume that pass every policy break one of them. */
export interface DockerOffence {
  /** Needed where a policy asks for more in production. */
  readonly inProduction?: true;
  readonly container?: Partial<docker.ContainerArgs>;
  readonly volume?: 'unprotected';
  /** The message of the policy, whole, but for the resource that it begins with. */
  readonly says: string;
}

/** The part of the program that commits an offence; its resources are called after it. */
export const offender = (offence: string): string => offence.replaceAll(' ', '-');

export const DOCKER_OFFENCES: Readonly<Record<string, DockerOffence>> = {
  'published-port': {
    container: { ports: [{ internal: 5432, external: 5432 }] },
    says:
      'ports[0]: got Postgres on 0.0.0.0:5432; allowed: a port on 127.0.0.1, outside ' +
      'production. Set ip to 127.0.0.1, or remove the port.',
  },
  'published-port in production': {
    inProduction: true,
    container: { ports: [{ internal: 6432, external: 6432, ip: '127.0.0.1' }] },
    says:
      'ports[0]: got PgBouncer on 127.0.0.1:6432; allowed: no published port in ' +
      'production. Remove it: docker exec reaches the server from inside.',
  },
  'graceful-stop': {
    container: { destroyGraceSeconds: 0 },
    says:
      'destroyGraceSeconds: got 0; allowed: a whole number of seconds from 1. Give ' +
      'it the value of stopTimeout: the provider looks at nothing else when it ' +
      'replaces or removes the container.',
  },
  'non-root': {
    container: { user: 'root' },
    says:
      'user: got "root"; allowed: a user other than root, by number: 999:999. Name ' +
      'it: without it the image decides, and most images start as root.',
  },
  'read-only-root': {
    container: { readOnly: false },
    says:
      'readOnly: got false; allowed: true. Set it, and give what must be written a ' +
      'volume or a tmpfs.',
  },
  'no-privileges': {
    container: { capabilities: { drops: ['ALL'], adds: ['NET_ADMIN'] } },
    says:
      'capabilities.adds: got ["NET_ADMIN"]; allowed: none. Remove it: a port above ' +
      '1023 and files of its own user need none.',
  },
  'pinned-image': {
    container: { image: 'example/server:latest' },
    says:
      'image: got "example/server:latest"; allowed: a version tag or a digest. Name ' +
      'the version: name:1.2.3, or name@sha256:... as docker image inspect prints it.',
  },
  limits: {
    container: { memory: 0 },
    says:
      'memory: got 0; allowed: a number of megabytes. Set it to what its server may ' +
      'take at the most.',
  },
  'protected-data in production': {
    inProduction: true,
    volume: 'unprotected',
    says:
      'protect: got false; allowed: true for data in production. Set the resource ' +
      'option protect: true. To give the data up, first do it in one update without ' +
      'this pack.',
  },
  'plain-secret': {
    container: { envs: ['DATABASE_URL=postgresql://app:a-password@postgres:5432/app'] },
    says:
      'envs DATABASE_URL: got a URL with a password (not shown); allowed: the path ' +
      'of a file. Put it into a file that only this container mounts, and name that ' +
      'one: DATABASE_URL_FILE.',
  },
  labels: {
    container: { labels: [{ label: 'project', value: 'violations' }] },
    says: 'labels: got project; allowed: project, stack, component. Add stack, component.',
  },
};
