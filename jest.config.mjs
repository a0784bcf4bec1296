/** `unit` needs neither network nor Docker; `e2e` needs a Docker Engine and the Pulumi engine; `kubernetes` a cluster and the Pulumi engine. */
const shared = {
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.tools/', '<rootDir>/app/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tools/jest-strip-types.cjs' },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{infra,pgbouncer,policy,app,tools,toolchain,test-cluster,bench}/**/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/*.test.ts'],
      globalTeardown: '<rootDir>/e2e/image-clean-up.ts',
    },
    { ...shared, displayName: 'kubernetes', testMatch: ['<rootDir>/e2e/kubernetes/*.test.ts'] },
  ],
};
