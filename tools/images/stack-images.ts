import { readFileSync, writeFileSync } from 'node:fs';
import { isMap, parseDocument } from 'yaml';
import { CallError } from '../call.ts';

const KEY = 'spywatcher:images';

/**
 * Puts the images of one file, as `npm run images` prints them, into a stack's settings file. All
 * else in that stays, comments too. Where Postgres is somebody else's, its image is left out: the
 * settings refuse one.
 * @throws {CallError} when the first file names none, or is no YAML.
 */
export function useImages(from: string, stackFile: string): readonly string[] {
  const document = parseDocument(readFileSync(stackFile, 'utf8'));
  const isExternal = document.hasIn(['config', 'spywatcher:postgres', 'external']);
  const images = Object.entries(readImages(from)).filter(
    ([name]) => !(isExternal && name === 'postgres'),
  );
  // A key with nothing after it is no map to put something into.
  if (document.hasIn(['config', KEY]) && document.getIn(['config', KEY]) === null)
    document.deleteIn(['config', KEY]);
  for (const [name, reference] of images) document.setIn(['config', KEY, name], reference);
  writeFileSync(stackFile, document.toString({ lineWidth: 0 }));
  return images.map(([name, reference]) => `${name}: ${reference}`);
}

function readImages(file: string): Readonly<Record<string, string>> {
  const document = parseDocument(readText(file));
  const images: unknown = document.errors.length > 0 ? undefined : document.getIn(['config', KEY]);
  if (!isMap(images))
    throw new CallError(
      `${file} holds no config with ${KEY}. Make it with npm run --silent images > ${file}.`,
    );
  return images.toJSON() as Record<string, string>;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CallError(`The images cannot be read: ${(error as Error).message}`);
  }
}
