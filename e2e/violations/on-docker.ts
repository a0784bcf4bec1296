import * as docker from '@pulumi/docker';
import { DOCKER_OFFENCES } from './docker-offences.ts';

const LABELS = ['project', 'stack', 'component'].map((label) => ({ label, value: 'violations' }));

/** A container and its volume, which pass every policy but the one that is named. */
export function deploy(policy: string): void {
  const { container = {}, volume } = DOCKER_OFFENCES[policy] ?? {};
  const data = new docker.Volume(
    'server-data',
    { name: 'violations-data', labels: LABELS },
    { protect: volume !== 'unprotected' },
  );
  new docker.Container('server', {
    name: 'violations-server',
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
