import * as docker from '@pulumi/docker';
import { dockerLabels, dockerName } from '../../plan/docker-names.ts';

export interface Networks {
  /** Where the parts find each other; nothing leads out of it. */
  readonly internal: docker.Network;
  /** An internal network can neither publish ports nor lead out: what is published sits on this one as well, and what talks to a Postgres elsewhere. */
  readonly edge: docker.Network;
}

export function deployNetworks(environment: string): Networks {
  const network = (name: 'internal' | 'edge'): docker.Network =>
    new docker.Network(`${name}-network`, {
      name: dockerName(environment, name),
      driver: 'bridge',
      internal: name === 'internal',
      labels: dockerLabels(environment, 'network'),
    });
  return { internal: network('internal'), edge: network('edge') };
}
