import * as docker from '@pulumi/docker';
import { DOCKER_OFFENCES, type DockerOffence, offender } from './docker-offences.ts';

const LABELS = ['project', 'stack', 'component'].map((label) => ({ label, value: 'violations' }));

/**
 * All offences that count in stacks of this kind, each by a container and a volume of its own, or
 * `nothing`.
 */
export function deploy(wanted: string): void {
  if (wanted === 'nothing') deployServer('server', {});
  for (const [title, offence] of Object.entries(DOCKER_OFFENCES))
    if ((offence.inProduction === true ? 'production' : 'development') === wanted)
      deployServer(offender(title), offence);
}

/** A container and its volume, which pass every policy but the one that the offence breaks. */
function deployServer(
  name: string,
  { container = {}, volume }: Pick<DockerOffence, 'container' | 'volume'>,
): void {
  const data = new docker.Volume(
    `${name}-data`,
    { name: `violations-${name}`, labels: LABELS },
    { protect: volume !== 'unprotected' },
  );
  new docker.Container(name, {
    name: `violations-${name}`,
    image: 'example/server:1.2.3',
    user: '10001:10001',
    envs: ['PORT=3001'],
    labels: LABELS,
    mounts: [{ type: 'volume', source: data.name, target: '/data' }],
    stopSignal: 'SIGTERM',
    stopTimeout: 10,
    destroyGraceSeconds: 10,
    readOnly: true,
    capabilities: { drops: ['ALL'] },
    securityOpts: ['no-new-privileges:true'],
    memory: 64,
    ...container,
  });
}
