import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Names as the rest of the code has them; properties may be a vendor's. */
const NAMES = [
  { selector: 'default', format: ['camelCase'] },
  { selector: ['import', 'property', 'objectLiteralMethod'], format: null },
  { selector: 'parameter', format: ['camelCase'], leadingUnderscore: 'allow' },
  { selector: 'typeLike', format: ['PascalCase'] },
  { selector: 'variable', modifiers: ['destructured'], format: null },
  { selector: 'variable', modifiers: ['const', 'global'], format: ['camelCase', 'UPPER_CASE'] },
  {
    selector: 'variable',
    modifiers: ['const', 'global'],
    types: ['number'],
    format: ['UPPER_CASE'],
  },
];

export default tseslint.config(
  {
    ignores: ['node_modules/', '.tools/', '**/dist/', '**/generated/'],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@stylistic': stylistic },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/naming-convention': ['error', ...NAMES],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', 250],
      'max-params': ['error', 3],
      'no-nested-ternary': 'error',
      // The formatter breaks code; this finds texts and comments, which it leaves alone.
      '@stylistic/max-len': ['error', { code: 100, ignoreUrls: true }],
    },
  },
  {
    // The constants that it exports are the names of the stack's outputs.
    files: ['infra/index.ts'],
    rules: { '@typescript-eslint/naming-convention': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      '@typescript-eslint/naming-convention': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);
