import type { Credentials } from '../../credentials.ts';
import type { Plan } from '../../plan/plan.ts';
import { Part, type PartName } from '../part.ts';
import type { Engine } from './engine.ts';
import { Network } from './network.ts';

/** One environment on one Docker Engine: what each of its parts is made from. */
export interface Docker {
  readonly plan: Plan;
  readonly credentials: Credentials;
  readonly engine: Engine;
  readonly network: Network;
}

/** Makes the network, on which the other parts will be. */
export function openDocker(made: Omit<Docker, 'network'>): Docker {
  return { ...made, network: new Network(made.plan.settings.environment) };
}

/** A part of an environment on Docker. */
export abstract class DockerPart<Name extends PartName = PartName> extends Part<Name> {
  readonly docker: Docker;

  constructor(part: Name, docker: Docker) {
    super(part, docker.plan.settings.environment);
    this.docker = docker;
  }
}
