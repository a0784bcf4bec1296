import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * For people at a terminal, not for a container. The copyright files stay: the packages' licences
 * ask for them.
 */
const DOCUMENTATION = [
  'doc',
  'doc-base',
  'groff',
  'info',
  'linda',
  'lintian',
  'locale',
  'man',
  'bash-completion',
  'bug',
];

/** dpkg's configuration that keeps documentation out of packages installed later. */
export function pathExcludes(): string {
  const excludes = DOCUMENTATION.map((name) => `path-exclude /usr/share/${name}/*`);
  return [
    ...excludes,
    'path-include /usr/share/doc/*/copyright',
    'path-include /usr/share/locale/locale.alias',
    '',
  ].join('\n');
}

/**
 * Removes from the root file system `root` what a container does not need, and what names the
 * machine it was made on.
 */
export function slim(root: string): void {
  for (const name of DOCUMENTATION) {
    if (name !== 'doc')
      emptyFolder(join(root, 'usr/share', name), (entry) => entry === 'locale.alias');
  }
  const doc = join(root, 'usr/share/doc');
  for (const name of entries(doc)) emptyFolder(join(doc, name), (entry) => entry === 'copyright');

  for (const folder of [
    'var/cache/apt',
    'var/lib/apt/lists',
    'var/log',
    'tmp',
    'var/cache/ldconfig',
    'run',
  ])
    emptyFolder(join(root, folder));
  for (const folder of ['var/lib/dpkg', 'var/cache/debconf'])
    emptyFolder(join(root, folder), (entry) => !entry.endsWith('-old'));
  for (const file of ['etc/resolv.conf', 'etc/hostname', 'etc/machine-id'])
    writeFileSync(join(root, file), '');
}

function emptyFolder(folder: string, keeps: (entry: string) => boolean = () => false): void {
  for (const entry of entries(folder))
    if (!keeps(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
