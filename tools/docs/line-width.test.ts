import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkout } from '../../toolchain/places.mjs';

const COLUMNS = 100;

/** Files whose lines may be longer, by the reason. */
const EXEMPT: Readonly<Record<string, RegExp>> = {
  'a golden file is output, byte for byte': /(^|\/)golden\//,
  'npm writes it': /(^|\/)package-lock\.json$/,
  'Go writes it': /(^|\/)go\.(sum|mod)$/,
  'a picture is no text': /\.(png|svg)$/,
  'a string in JSON cannot be broken': /^docs\/monitoring\/grafana-dashboard\.json$/,
  'a migration that was applied is never edited': /^app\/prisma\/migrations\//,
};

/** An address, the target of a Markdown link or a row of a table, none of which can be broken. */
const UNBREAKABLE = /\w:\/\/|\]\([^)]|^\| .* \|$/;

/** Settings of a stack, in which Pulumi writes an encrypted secret on one line. */
const SETTINGS_FILE = /^Pulumi\.[^/]+\.yaml$/;

/** Paths of the files that git tracks, from the repository's root. */
const trackedFiles = (): readonly string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: checkout, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && !SETTINGS_FILE.test(file))
    .filter((file) => existsSync(join(checkout, file)));

/** Lines that are too long, as `file:line`. */
const longLines = (file: string, text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      line.length > COLUMNS && !UNBREAKABLE.test(line) ? [`${file}:${index + 1}`] : [],
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
