/**
 * The rooms of infra/ in the order of the flow: a room imports what stands before it, never what
 * stands after it.
 */
const FLOW = ['settings', 'plan', 'changes', 'app', 'running', 'targets'];

/** The same of the app's monitoring, whose routes are opened last. */
const MONITORING = [
  'plan',
  'readings',
  'diagnosis',
  'observing',
  'bodies',
  '(metrics|admin|dashboard)',
  'routes',
];

const NO_TEST = '\\.test\\.ts$|/testing/';

const inOrder = (folder, rooms, last) =>
  rooms.map((room, index) => ({
    name: `${folder}-${room}-imports-no-later-room`,
    comment: `${folder} reads top down as its flow; an import that runs back makes it a knot.`,
    from: { path: `^${folder}/${room}/`, pathNot: NO_TEST },
    to: { path: `^${folder}/(${[...rooms.slice(index + 1), ...last].join('|')})(/|$)` },
  }));

/** What a top folder may import of ours, beside itself; tests may take their fixtures anywhere. */
const MAY_IMPORT = {
  pgbouncer: [],
  policy: [],
  app: ['pgbouncer'],
  infra: ['pgbouncer', 'policy', 'app'],
  toolchain: [],
  'test-cluster': ['toolchain'],
  tools: ['toolchain', 'test-cluster', 'infra', 'pgbouncer', 'app', 'bench'],
};

const OURS = [
  'app',
  'bench',
  'e2e',
  'infra',
  'pgbouncer',
  'policy',
  'test-cluster',
  'toolchain',
  'tools',
];

const betweenFolders = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-what-it-may`,
  comment: 'Each top folder works without the folders that it does not name.',
  from: { path: `^${folder}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: `^(${OURS.filter((ours) => ours !== folder && !allowed.includes(ours)).join('|')})/`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that import each other are one file, or hide a third.',
      from: {},
      to: { circular: true },
    },
    ...inOrder('infra', FLOW, ['report', 'index\\.ts']),
    ...inOrder('app/src/monitoring', MONITORING, ['open-monitoring\\.ts']),
    {
      name: 'reports-are-text-only',
      comment: 'What a report shows is decided in plan/ and changes/.',
      from: { path: '^infra/report/', pathNot: NO_TEST },
      to: { path: '^infra/(app|running|targets)/' },
    },
    ...betweenFolders,
    {
      name: 'infra-takes-types-only-from-app',
      comment: 'The stack is made without the code of the app.',
      from: { path: '^infra/', pathNot: '\\.test\\.ts$' },
      to: { path: '^app/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pulumi-below-targets-only',
      comment: 'What comes before resources is pure: numbers and texts, tested without mocks.',
      from: {
        path: '^(infra/(settings|plan|changes|app|report)|pgbouncer|app)/',
        pathNot: ['\\.test\\.ts$', '^infra/settings/read-settings\\.ts$'],
      },
      to: { path: 'node_modules/@pulumi/' },
    },
    {
      name: 'fixtures-stay-in-tests',
      comment: 'What stands in testing/ is made for tests and is no part of the product.',
      from: { pathNot: '(\\.test\\.ts$|(^|/)testing/|^e2e/|^bench/)' },
      to: { path: '(^|/)testing/' },
    },
  ].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(generated|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
