/** Makes the dashboard's pages from their sources: one text each, with style and script inside. */
import type { BuildOptions } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isEntry } from '../../toolchain/entry.ts';
import { checkout } from '../../toolchain/places.mjs';

const monitoring = join(checkout, 'app', 'src', 'monitoring');
const sources = join(monitoring, 'dashboard', 'browser');
/** The server's, of which the script takes constants. */
const shared = ['layer-words.ts', 'slow-queries.ts'].map((file) =>
  join(monitoring, 'readings', file),
);
const generated = join(sources, '..', 'generated', 'pages.ts');
const uplotLicence = join(checkout, 'node_modules', 'uplot', 'LICENSE');

const BUILD: BuildOptions = {
  absWorkingDir: checkout,
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  target: ['chrome120', 'firefox121', 'safari17'],
  // Non-ASCII stays as it is: the pages are UTF-8.
  charset: 'utf8',
  write: false,
  metafile: true,
  outdir: 'unused',
  logLevel: 'silent',
};

/** Brings the generated module up to date; what was made from the same sources stays as it is. */
export async function bundleDashboard(report: (line: string) => void): Promise<void> {
  const stamp = `// ${digestSources()}\n`;
  if (existsSync(generated) && readFileSync(generated, 'utf8').startsWith(stamp)) return;
  report('bundling the dashboard');
  const text = await makePagesModule();
  mkdirSync(dirname(generated), { recursive: true });
  writeFileSync(generated, `${stamp}${text}`);
}

/** The text of the generated module; the same sources give the same bytes. */
export async function makePagesModule(): Promise<string> {
  const { build } = await import('esbuild');
  const bundle = async (entry: string): Promise<Readonly<Record<'js' | 'css', string>>> => {
    const { outputFiles = [], metafile } = await build({
      ...BUILD,
      entryPoints: [join(sources, entry)],
    });
    checkInputs(Object.keys(metafile?.inputs ?? {}));
    const textOf = (extension: string): string =>
      outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? '';
    return { js: textOf('.js'), css: textOf('.css') };
  };
  const page = await bundle('main.ts');
  const pageStyle = await bundle('style/page.css');
  const signIn = await bundle('style/sign-in.css');
  // The licence asks to be kept with every copy, and a minifier drops it.
  const script = `/*!\nuPlot\n${readFileSync(uplotLicence, 'utf8').trim()}\n*/\n${page.js}`;
  return `${[
    '// Made by tools/images/bundle-dashboard.ts.',
    constant('dashboardHtml', fillIn('page.html', { style: pageStyle.css, script })),
    constant('dashboardHashes', { style: hashOf(pageStyle.css), script: hashOf(script) }),
    constant('signInHtml', fillIn('sign-in.html', { style: signIn.css })),
    constant('signInHashes', { style: hashOf(signIn.css) }),
  ].join('\n')}\n`;
}

const constant = (name: string, value: unknown): string =>
  `export const ${name} = ${JSON.stringify(value)};`;

/** As a Content-Security-Policy names the contents of an element. */
const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function fillIn(page: string, contents: Readonly<Record<string, string>>): string {
  let html = readFileSync(join(sources, page), 'utf8');
  for (const [tag, text] of Object.entries(contents)) {
    const place = `<${tag}></${tag}>`;
    if (!html.includes(place)) throw new Error(`${page} has no ${place} to fill in`);
    if (text.toLowerCase().includes(`</${tag}`))
      throw new Error(`the contents of ${place} in ${page} would end it`);
    html = html.replace(place, () => `<${tag}>${text}</${tag}>`);
  }
  return html;
}

/** A source that the digest does not know could change, and the pages would stay as they are. */
function checkInputs(inputs: readonly string[]): void {
  for (const input of inputs.map((path) => join(checkout, path))) {
    if (
      input.startsWith(sources) ||
      input.startsWith(join(checkout, 'node_modules')) ||
      shared.includes(input)
    )
      continue;
    throw new Error(
      `the dashboard takes in ${relative(checkout, input)}: name it in \`shared\` of ` +
        'tools/images/bundle-dashboard.ts, or import only its types',
    );
  }
}

/** Of all that decides what `makePagesModule` makes; the lock file stands for the packages. */
function digestSources(): string {
  const hash = createHash('sha256');
  const own = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [
    ...own,
    ...shared,
    join(checkout, 'package-lock.json'),
    import.meta.filename,
  ]) {
    const contents = readFileSync(file);
    hash.update(`${relative(checkout, file)} ${contents.length}\n`).update(contents);
  }
  return hash.digest('hex');
}

if (isEntry(import.meta.filename))
  await bundleDashboard((line) => process.stderr.write(`${line}\n`));
