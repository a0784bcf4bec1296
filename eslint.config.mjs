import tseslint from 'typescript-eslint';

/** Forbids imports whose path leads into one of the named folders, or that match a package pattern. */
const forbid = (message, ...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }],
});

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.tools/',
      'app/dist/',
      'app/src/generated/',
      'app/src/monitoring/dashboard/generated/',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['app/**/*.ts'],
    rules: forbid(
      'app imports nothing of ours: it must run without the stack.',
      '**/infra/**',
      '**/pgbouncer/**',
      '**/tools/**',
      '@pulumi/*',
    ),
  },
  {
    files: ['pgbouncer/**/*.ts'],
    rules: forbid(
      'pgbouncer/ is pure text generation: neither ours nor Pulumi.',
      '**/infra/**',
      '**/app/**',
      '**/tools/**',
      '@pulumi/*',
    ),
  },
  {
    files: ['infra/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/app/**'],
              allowTypeImports: true,
              message: 'infra takes types only from app.',
            },
            {
              group: ['**/tools/**', '**/e2e/**'],
              message: 'infra must work under plain `pulumi up`.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['infra/*.ts', 'infra/report/**/*.ts'],
    ignores: ['infra/index.ts', 'infra/settings.ts', 'infra/**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@pulumi/*'],
              message: 'What comes before resources is pure; Pulumi is used below infra/targets/.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
