import { docker, dockerOutput, TEST_LABEL } from '../../e2e/docker.ts';
import { ownImages, stackImages } from '../../e2e/run-images.ts';
import { peersImage } from './peers-image.ts';
import { plainImage } from './plain-image.ts';
import { poolersImage } from './poolers.ts';

/** No process, so that a next run finds what has not changed. */
const OWNER = 'bench';

/** Images of the benchmark, which stay until one with other content replaces them. */
export interface BenchImages {
  build(report: (line: string) => void): Promise<void>;
  removeOlder(): Promise<void>;
}

export function keepBenchImages(): BenchImages {
  ownImages(OWNER);
  let used: readonly string[] = [];
  return {
    async build(report) {
      report('building those that are not there');
      const others = [await peersImage(report), await poolersImage(), await plainImage(report)];
      used = [...Object.values(await stackImages()), ...others];
    },
    async removeOlder() {
      const repositories = used.map((tag) => tag.slice(0, tag.lastIndexOf(':')));
      const there = await dockerOutput(
        'images',
        '--filter',
        `label=${TEST_LABEL}`,
        '--format',
        '{{.Repository}}:{{.Tag}}',
      );
      const older = there
        .split('\n')
        .filter((tag) => repositories.includes(tag.slice(0, tag.lastIndexOf(':'))))
        .filter((tag) => !used.includes(tag));
      // One that another run still uses stays, and is no reason to fail.
      if (older.length > 0) await docker('rmi', ...older);
    },
  };
}
