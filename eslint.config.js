import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Import direction: each package may use those to its right. */
const LAYERS = {
  'libs/contracts': [],
  'libs/streaming': ['contracts'],
  'libs/features': ['contracts'],
  models: ['contracts', 'streaming', 'features'],
  'libs/service': ['contracts', 'streaming', 'features', 'models'],
  'libs/client': ['contracts'],
  'apps/ingest': ['contracts', 'streaming', 'features', 'service'],
  'apps/learner': ['contracts', 'streaming', 'features', 'models', 'service'],
  'apps/gateway': ['contracts', 'streaming', 'features', 'models', 'service'],
  'apps/dashboard': ['contracts', 'client'],
  'tools/simulator': ['contracts'],
  'tools/cli': ['contracts', 'streaming', 'features', 'models', 'service', 'simulator', 'client'],
  'tools/bench': ['contracts', 'streaming', 'features', 'models', 'simulator', 'client'],
};
const PACKAGES = [
  'contracts',
  'streaming',
  'features',
  'models',
  'service',
  'client',
  'ingest',
  'learner',
  'gateway',
  'simulator',
  'bench',
  'e2e',
];

/** Pure code: these packages, except their adapters and tests, touch neither the world nor a clock. */
const PURE = ['libs/contracts/src/**', 'libs/streaming/src/**', 'libs/features/src/**', 'models/src/**'];
const NOT_PURE = ['**/adapters/**', '**/testing/**', '**/*.test.ts', '**/*.contract.ts'];

const forbidden = (allowed) => ({
  regex: `^@hark/(${PACKAGES.filter((name) => !allowed.includes(name)).join('|')})(/|$)`,
  message: 'import direction: see LAYERS in eslint.config.js',
});
const world = {
  regex: '^(node:|@nestjs/|kafkajs|lmdb|ws$|express|pino|prom-client|@tensorflow/)|/adapters(/|$)',
  message: 'pure code does not touch the world: move this into adapters/ or an app',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'apps/*/bundle/**',
      '**/node_modules/**',
      '.nx/**',
      'data/**',
      'bench/results/**',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.check.json', './apps/dashboard/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unsafe-declaration-merging': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='**']",
          message: '** differs in the last bit between Node versions',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='pow']",
          message: 'Math.pow differs in the last bit between Node versions',
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
      },
    },
  },
  ...Object.entries(LAYERS).map(([folder, allowed]) => ({
    files: [`${folder}/src/**/*.ts`, `${folder}/src/**/*.tsx`],
    rules: { 'no-restricted-imports': ['error', { patterns: [forbidden(allowed)] }] },
  })),
  ...Object.entries(LAYERS)
    .filter(([folder]) => PURE.includes(`${folder}/src/**`))
    .map(([folder, allowed]) => ({
      files: [`${folder}/src/**/*.ts`],
      ignores: NOT_PURE,
      rules: {
        'no-restricted-imports': ['error', { patterns: [forbidden(allowed), world] }],
        'no-restricted-globals': [
          'error',
          'process',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'performance',
          'fetch',
          'Buffer',
        ],
        'no-restricted-properties': [
          'error',
          { object: 'Date', property: 'now', message: 'time is handed in' },
          { object: 'Math', property: 'random', message: 'randomness is handed in' },
        ],
      },
    })),
  {
    // Runs in browsers too. Repeats what the rules above say of it: the last rule of a name counts.
    files: ['libs/client/src/**/*.ts'],
    ignores: NOT_PURE,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            forbidden(['contracts']),
            { regex: '^(node:|ws$)', message: 'browser code: what Node alone has stands in adapters/' },
          ],
        },
      ],
    },
  },
);
