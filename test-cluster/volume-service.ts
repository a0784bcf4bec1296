import { join } from 'node:path';
import { apiServerInside } from './control-plane.ts';
import type { ClusterProcess } from './cluster-process.ts';
import type { ClusterPlaces } from './places.ts';

export function volumeService({ certificates, volumes }: ClusterPlaces): ClusterProcess {
  return {
    name: 'volumes',
    program: process.execPath,
    args: [
      join(import.meta.dirname, 'volume-provisioner.ts'),
      apiServerInside,
      certificates,
      volumes,
    ],
  };
}
