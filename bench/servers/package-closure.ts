/** What npm's lock file tells of a package, by its folder. */
export type LockedPackages = Readonly<
  Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>
>;

const FOLDER = '/node_modules/';

/** Folders of these packages and of all that they need to run, sorted. */
export function packageClosure(
  packages: LockedPackages,
  names: readonly string[],
): readonly string[] {
  const found = new Set<string>();
  const add = (name: string, from: string): void => {
    const folder = resolveFrom(packages, name, from);
    if (folder === undefined) throw new Error(`${from}: ${name} is not in the lock file`);
    if (found.has(folder)) return;
    found.add(folder);
    for (const needed of Object.keys(packages[folder]?.dependencies ?? {})) add(needed, folder);
  };
  for (const name of names) add(name, '');
  return [...found].sort();
}

/** The folder in which Node finds a package that is asked for inside another one. */
function resolveFrom(packages: LockedPackages, name: string, from: string): string | undefined {
  for (let folder = `/${from}`; ; folder = folder.slice(0, folder.lastIndexOf(FOLDER))) {
    const candidate = `${folder === '/' ? '' : folder}${FOLDER}${name}`.slice(1);
    if (candidate in packages) return candidate;
    if (!folder.includes(FOLDER)) return undefined;
  }
}
