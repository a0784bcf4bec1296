import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../../toolchain/places.mjs';

const COLUMNS = 100;

/** What `.gitignore` leaves out, as paths or names of folders and files; `.git` besides. */
const UNTRACKED = [
  /(^|\/)(node_modules|\.git|\.tools|\.pulumi-local)$/,
  /^app\/(dist|src\/generated|src\/monitoring\/dashboard\/generated)$/,
  /^bench\/results$/,
  /^toolchain\/go\/[^/]+\/schema\.json$/,
  /\.log$|(^|\/)Pulumi\.test-[^/]*\.yaml$/,
];

/** Files whose lines may be longer, by the reason. */
const EXEMPT: Readonly<Record<string, RegExp>> = {
  'a golden file is output, byte for byte': /(^|\/)golden\//,
  'npm writes it': /(^|\/)package-lock\.json$/,
  'Go writes it': /(^|\/)go\.(sum|mod)$/,
  'a picture is no text': /\.(png|svg)$/,
  'a string in JSON cannot be broken': /^docs\/monitoring\/grafana-dashboard\.json$/,
  'a migration that was applied is never edited': /^app\/prisma\/migrations\//,
};

/** An address or the target of a Markdown link, neither of which can be broken. */
const LINK = /\w:\/\/|\]\([^)]/;

/** Paths of the repository's files, from its root. */
function trackedFiles(folder: string = checkout): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = relative(checkout, path);
    if (UNTRACKED.some((pattern) => pattern.test(name))) return [];
    return entry.isDirectory() ? trackedFiles(path) : [name];
  });
}

/** Lines that are too long, as `file:line`. */
const longLines = (file: string, text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      line.length > COLUMNS && !LINK.test(line) ? [`${file}:${index + 1}`] : [],
    );

const read = (file: string): string => readFileSync(join(checkout, file), 'utf8');
const files = trackedFiles();

test('a line of 101 columns is found, one of 100 or with a link is not', () => {
  const wide = 'x'.repeat(COLUMNS);
  const lines = [wide, `${wide}x`, `${wide} redis://host`, `${wide} [page](page.md)`];
  expect(longLines('file', lines.join('\n'))).toEqual(['file:2']);
});

test('no line of the repository is longer than 100 columns', () => {
  const checked = files.filter(
    (file) => !Object.values(EXEMPT).some((pattern) => pattern.test(file)),
  );
  expect(checked).toEqual(expect.arrayContaining(['.ci/run', '.github/workflows/ci.yml']));
  expect(checked.flatMap((file) => longLines(file, read(file)))).toEqual([]);
});

test.each(Object.entries(EXEMPT))('%s: the exemption is needed', (_reason, pattern) => {
  const exempt = files.filter((file) => pattern.test(file));
  expect(exempt.some((file) => longLines(file, read(file)).length > 0)).toBe(true);
});
