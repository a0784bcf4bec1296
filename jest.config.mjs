const shared = {
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.tools/', '<rootDir>/app/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tools/jest-strip-types.cjs' },
};

const e2e = {
  ...shared,
  globalSetup: '<rootDir>/e2e/run-set-up.ts',
  globalTeardown: '<rootDir>/e2e/run-clean-up.ts',
};

/** Files that hold the app to its deadlines, which a second file's servers would use up. */
const DEADLINES = ['app', 'faults', 'monitoring-slow-queries', 'monitoring-verdict', 'shutdown'];

/**
 * `unit` needs neither network nor Docker; both kinds of `e2e` need a Docker Engine and the Pulumi
 * engine; `kubernetes` needs a cluster and the Pulumi engine.
 */
export default {
  // A test waits for what it needs; a busy machine is no reason to fail.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tools/jest-longest-first.cjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{infra,pgbouncer,policy,app,tools,toolchain,test-cluster,bench}/**/*.test.ts',
      ],
    },
    {
      ...e2e,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/*.test.ts'],
      testPathIgnorePatterns: DEADLINES.map((name) => `<rootDir>/e2e/${name}\\.test\\.ts$`),
    },
    {
      ...e2e,
      displayName: 'e2e-in-band',
      testMatch: DEADLINES.map((name) => `<rootDir>/e2e/${name}.test.ts`),
      runner: '<rootDir>/tools/jest-in-band.cjs',
    },
    { ...shared, displayName: 'kubernetes', testMatch: ['<rootDir>/e2e/kubernetes/*.test.ts'] },
  ],
};
