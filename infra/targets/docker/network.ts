import * as docker from '@pulumi/docker';
import { dockerLabels, dockerName } from '../../plan/docker-names.ts';
import { Part } from '../part.ts';

/** The two networks of an environment. */
export class Network extends Part<'network'> {
  /** Network on which the parts find each other; nothing leads out of it. */
  readonly internal: docker.Network;
  /**
   * Network of what is published, and of what talks to a Postgres elsewhere: an internal network
   * can neither publish ports nor lead out.
   */
  readonly edge: docker.Network;

  constructor(environment: string) {
    super('network', environment);
    this.internal = this.#network('internal');
    this.edge = this.#network('edge');
    this.registerOutputs({ internal: this.internal.name, edge: this.edge.name });
  }

  #network(name: 'internal' | 'edge'): docker.Network {
    return new docker.Network(
      `${name}-network`,
      {
        name: dockerName(this.environment, name),
        driver: 'bridge',
        internal: name === 'internal',
        labels: dockerLabels(this.environment, 'network'),
      },
      this.childOptions(),
    );
  }
}
