import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runProgram, tryProgram } from '../../toolchain/program.ts';
import type { StaticCheckers } from '../../toolchain/python/static-checkers.ts';
import type { CreatedObject } from './created-objects.ts';

export interface Finding {
  readonly tool: 'kubernetes-validate' | 'kube-score' | 'checkov';
  /** The tool's own name of the check. */
  readonly check: string;
  /** `Kind/name`, and ` (container)` where the tool says which. */
  readonly object: string;
  readonly text: string;
}

/** What lies in the files that the tools are given, by the file's name. */
type Files = ReadonlyMap<string, CreatedObject>;
interface Given {
  readonly folder: string;
  readonly files: Files;
  /** Of Kubernetes, such as `v1.34`. */
  readonly version: string;
}

/**
 * Everything that the tools have to say against the objects; nothing in the objects can silence
 * them. `version` is Kubernetes' own, such as `v1.34.1`.
 */
export async function findFaults(
  checkers: StaticCheckers,
  objects: readonly CreatedObject[],
  version: string,
): Promise<readonly Finding[]> {
  // Readable by its owner alone: Secrets are among them.
  const folder = mkdtempSync(join(tmpdir(), 'static-checks-'));
  try {
    const files = new Map(
      objects.map((object) => [`${object.kind}-${object.metadata.name}.json`, object]),
    );
    for (const [file, object] of files)
      writeFileSync(join(folder, file), JSON.stringify(object, undefined, 2));
    const given = { folder, files, version: /^v\d+\.\d+/.exec(version)?.[0] ?? version };
    return [
      ...(await validate(checkers, given)),
      ...(await score(checkers, given)),
      ...(await runCheckov(checkers, given)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A Job's name changes with what it runs and a namespace's with the environment: these go by what
 * they are.
 */
function objectName({ kind, metadata: { name, labels = {} } }: CreatedObject): string {
  const component = labels['app.kubernetes.io/component'] ?? name;
  return `${kind}/${kind === 'Job' || kind === 'Namespace' ? component : name}`;
}

function nameInFile(files: Files, file: string, container = ''): string {
  const object = files.get(basename(file));
  if (object === undefined)
    throw new Error(`a tool found something in ${file}, which it was not given`);
  return `${objectName(object)}${container === '' ? '' : ` (${container})`}`;
}

/**
 * A line for each object that is not as its schema says, the first fault alone; a kind without a
 * schema counts too.
 */
async function validate(
  { kubernetesValidate }: StaticCheckers,
  { folder, files, version }: Given,
): Promise<Finding[]> {
  const { stdout, stderr } = await tryProgram(kubernetesValidate, [
    '--strict',
    '--kubernetes-version',
    version,
    ...pathsOf(files, folder),
  ]);
  const lines = stdout.trim().split('\n');
  if (lines.length !== files.size || lines.some((line) => line.startsWith('FATAL ')))
    throw new Error(`kubernetes-validate did not look at all objects: ${lines.at(-1)}${stderr}`);
  return lines
    .filter((line) => !line.startsWith('INFO '))
    .map((line) => {
      const [, file = '', text = ''] = /^\w+ (\S+) (.*)$/.exec(line) ?? [];
      return {
        tool: 'kubernetes-validate',
        check: 'schema',
        object: nameInFile(files, file),
        text,
      };
    });
}

interface Scored {
  readonly file_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** Of 10: what is worth less has a comment for each container. */
const BEST_GRADE = 10;

async function score(
  { kubeScore }: StaticCheckers,
  { folder, files, version }: Given,
): Promise<Finding[]> {
  const everything = [
    '--all-default-optional',
    '--disable-ignore-checks-annotations',
    '--disable-optional-checks-annotations',
  ];
  const { stdout, stderr } = await tryProgram(kubeScore, [
    'score',
    '--output-format',
    'json',
    '--kubernetes-version',
    version,
    ...everything,
    ...pathsOf(files, folder),
  ]);
  if (!stdout.startsWith('[')) throw new Error(`kube-score gives no answer: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as readonly Scored[]).flatMap(({ file_name: file, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < BEST_GRADE)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ path, summary }): Finding => ({
          tool: 'kube-score',
          check: check.id,
          object: nameInFile(files, file, path),
          text: summary,
        })),
      ),
  );
}

interface Checked {
  readonly results: {
    readonly failed_checks: readonly FailedCheck[];
    readonly skipped_checks: readonly FailedCheck[];
  };
  readonly summary: { readonly parsing_errors: number };
}
interface FailedCheck {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly check_result: { readonly evaluated_keys?: readonly string[] };
}

async function runCheckov(
  { checkov }: StaticCheckers,
  { folder, files }: Given,
): Promise<Finding[]> {
  const offline = ['--skip-download', '--skip-results-upload'];
  const { stdout } = await runProgram(checkov, [
    '--directory',
    folder,
    '--framework',
    'kubernetes',
    '--output',
    'json',
    '--compact',
    '--soft-fail',
    ...offline,
  ]);
  // Without --quiet it gives what an annotation would have it skip, too.
  const { results, summary } = JSON.parse(stdout) as Checked;
  if (summary.parsing_errors > 0)
    throw new Error(`checkov could not read ${summary.parsing_errors} of the objects`);
  return [...results.failed_checks, ...results.skipped_checks].map(
    ({
      check_id: check,
      check_name: text,
      file_path: file,
      check_result: { evaluated_keys: [key = ''] = [] },
    }) => ({
      tool: 'checkov',
      check,
      object: nameInFile(files, file, containerAt(files.get(basename(file)), key)),
      text,
    }),
  );
}

/**
 * Name of the container that a path such as `spec/template/spec/containers/[0]/image` leads to;
 * empty where it leads elsewhere.
 */
function containerAt(object: CreatedObject | undefined, path: string): string {
  const steps = path.split('/').map((step) => step.replace(/^\[(\d+)\]$/, '$1'));
  const list = steps.findIndex((step) => step === 'containers' || step === 'initContainers');
  if (list === -1) return '';
  const found = steps
    .slice(0, list + 2)
    .reduce<unknown>(
      (value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step],
      object,
    );
  return (found as { readonly name?: string } | undefined)?.name ?? '';
}

const pathsOf = (files: Files, folder: string): string[] =>
  [...files.keys()].map((file) => join(folder, file));
