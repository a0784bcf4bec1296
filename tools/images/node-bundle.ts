import type { BuildOptions } from 'esbuild';

/** How a program of ours becomes a file that Node runs without packages beside it. */
export const NODE_BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  // pg asks for these two only where they exist, and goes on without them.
  external: ['pg-native', 'cloudflare:sockets'],
  // What was CommonJS still calls require for Node's own modules.
  banner: {
    js:
      "import { createRequire } from 'node:module';\n" +
      'const require = createRequire(import.meta.url);',
  },
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;
