import type { Fault } from './fault.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Allowed integers, both ends included. */
interface Range {
  readonly min: number;
  readonly max: number;
}

interface GivenInteger {
  readonly key: string;
  readonly text: string;
  readonly allowed: string;
}

/**
 * Parses the text of a secret into a value or its faults; `readFile` reads files that the text
 * itself names.
 */
type SecretParser<Value> = (
  key: string,
  text: string,
  readFile: (path: string) => string,
) => Value | readonly Fault[];

/**
 * Reads variables one by one and gathers faults instead of throwing; what it returns counts only
 * while `faults` is empty.
 */
export class VariableReader {
  readonly faults: Fault[] = [];
  readonly #variables: Variables;
  readonly #readFile: (path: string) => string;
  readonly #integers = new Map<string, number>();

  constructor(variables: Variables, readFile: (path: string) => string) {
    this.#variables = variables;
    this.#readFile = readFile;
  }

  text(key: string): string {
    return this.#given(key, 'a text that is not empty') ?? '';
  }

  integer(key: string, range: Range): number {
    const allowed = `an integer from ${range.min} to ${range.max}`;
    const text = this.#given(key, allowed);
    return text === undefined ? range.min : this.#integerOf({ key, text, allowed }, range);
  }

  integerOrWord<Word extends string>(key: string, range: Range, word: Word): number | Word {
    const allowed = `an integer from ${range.min} to ${range.max}, or ${word}`;
    const text = this.#given(key, allowed);
    if (text === undefined || text === word) return word;
    return this.#integerOf({ key, text, allowed }, range);
  }

  word<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const allowed = words.join(', ');
    const text = this.#given(key, allowed);
    const found = words.find((word) => word === text);
    if (found === undefined && text !== undefined)
      this.faults.push({ key, got: 'another word', allowed, remedy: 'Use one of these words.' });
    return found ?? words[0];
  }

  /** Reads a secret, or a word that stands for having none. */
  secretOrWord<Value extends object, Word extends string>(
    key: string,
    parse: SecretParser<Value>,
    word: Word,
  ): Value | Word {
    const isWord = this.#variables[key] === word && this.#variables[`${key}_FILE`] === undefined;
    return isWord ? word : this.secret(key, parse);
  }

  /**
   * Reads a value given as `KEY`, or as the path of its file in `KEY_FILE`, without the newline
   * that ends the file.
   */
  secret<Value extends object>(key: string, parse: SecretParser<Value>): Value {
    const text = this.#secretText(key);
    const parsed = text === undefined ? [] : parse(key, text, this.#readFile);
    if (!Array.isArray(parsed)) return parsed as Value;
    this.faults.push(...(parsed as readonly Fault[]));
    return {} as Value;
  }

  /** Requires each of these integers to be strictly below the next one. */
  increasing(...keys: readonly string[]): void {
    keys.slice(1).forEach((upperKey, index) => {
      const lowerKey = keys[index] ?? upperKey;
      const [lower, upper] = [this.#integers.get(lowerKey), this.#integers.get(upperKey)];
      if (lower === undefined || upper === undefined || lower < upper) return;
      this.faults.push({
        key: lowerKey,
        got: `${lower}`,
        allowed: `less than ${upperKey}, which is ${upper}`,
        remedy: 'Lower the one or raise the other: what waits inside must give up first.',
      });
    });
  }

  #given(key: string, allowed: string): string | undefined {
    const text = this.#variables[key];
    if (text !== undefined && text !== '') return text;
    this.faults.push({
      key,
      got: text === undefined ? 'nothing' : 'an empty text',
      allowed,
      remedy: `Set ${key}; there is no default.`,
    });
    return undefined;
  }

  #integerOf({ key, text, allowed }: GivenInteger, { min, max }: Range): number {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (value === undefined)
      this.faults.push({
        key,
        got: 'a text that is no such number',
        allowed,
        remedy: 'Write digits only, without a unit.',
      });
    else if (value < min || value > max)
      this.faults.push({
        key,
        got: `a number ${value < min ? 'below' : 'above'} that`,
        allowed,
        remedy: 'Choose a number inside the range.',
      });
    else this.#integers.set(key, value);
    return value ?? min;
  }

  #secretText(key: string): string | undefined {
    const fileKey = `${key}_FILE`;
    const path = this.#variables[fileKey];
    if (path === undefined)
      return this.#given(key, `a value, or ${fileKey} with the path of a file that holds it`);
    if (this.#variables[key] !== undefined) {
      this.faults.push({
        key,
        got: `both ${key} and ${fileKey}`,
        allowed: 'one of the two',
        remedy: `Unset ${key}: a file is not shown by docker inspect.`,
      });
      return undefined;
    }
    try {
      return this.#readFile(path).replace(/\r?\n$/, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.faults.push({
        key: fileKey,
        got: `a path that cannot be read (${code})`,
        allowed: 'the path of a readable file',
        remedy: 'Mount the file and let the process read it.',
      });
      return undefined;
    }
  }
}
