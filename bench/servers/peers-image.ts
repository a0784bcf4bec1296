import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { engineCpu, runImageOf } from '../../e2e/run-images.ts';
import { ensureNode } from '../../toolchain/node.mjs';
import { makeReadable } from '../../toolchain/readable-folder.ts';
import { generateClient } from '../../tools/images/prisma-client.ts';
import { linkDifferent } from '../../tools/images/linked-file.ts';
import { NODE_BUNDLE } from '../../tools/images/node-bundle.ts';

const PEERS = resolve(import.meta.dirname, '..', 'peers');
const DIST = join(PEERS, 'dist');
const APPS = ['stock', 'stock-protected', 'fastify', 'floor'] as const;
/** Clients that load a server. */
const CLIENTS = ['many-clients', 'redis-in-flight'] as const;

export type PeerProgram = (typeof APPS)[number];

/** The releases of Node in the image, by the name that starts each there. */
export type PeerNode = 'node-20' | 'node-24';

/** The image with every peer as one file, and both releases of Node. */
export const peersImage = (report: (line: string) => void): Promise<string> =>
  runImageOf('peers', async () => {
    const wanted = { os: 'linux', cpu: await engineCpu(), report } as const;
    await generateClient(report);
    mkdirSync(DIST, { recursive: true });
    const nodes = [
      ['node-24', await ensureNode(wanted)],
      ['node-20', await ensureNode({ ...wanted, pinnedBy: join(PEERS, 'node-20') })],
    ] as const satisfies readonly (readonly [PeerNode, string])[];
    const names: string[] = nodes.map(([name]) => name);
    for (const file of readdirSync(DIST)) if (!names.includes(file)) rmSync(join(DIST, file));
    for (const [name, binary] of nodes) linkDifferent(binary, join(DIST, name));
    await bundle();
    makeReadable(DIST, names);
    return PEERS;
  });

async function bundle(): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    ...NODE_BUNDLE,
    entryPoints: [...APPS, ...CLIENTS].map((name) => join(PEERS, `${name}.ts`)),
    outdir: DIST,
    target: 'node20',
  });
  writeFileSync(join(DIST, 'package.json'), '{ "type": "module" }\n');
}
