import type { Fault } from './fault.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Makes a value of a secret's text, or says what is wrong with it; `readFile` for what the text itself names. */
type SecretParser<Value> = (
  key: string,
  text: string,
  readFile: (path: string) => string,
) => Value | readonly Fault[];

/** Reads variables one by one and gathers faults instead of throwing; what it returns counts only while `faults` is empty. */
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

  integer(key: string, min: number, max: number): number {
    const allowed = `an integer from ${min} to ${max}`;
    const text = this.#given(key, allowed);
    return text === undefined ? min : this.#integerOf(key, text, min, max, allowed);
  }

  integerOrWord<Word extends string>(
    key: string,
    min: number,
    max: number,
    word: Word,
  ): number | Word {
    const allowed = `an integer from ${min} to ${max}, or ${word}`;
    const text = this.#given(key, allowed);
    return text === undefined || text === word
      ? word
      : this.#integerOf(key, text, min, max, allowed);
  }

  word<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const allowed = words.join(', ');
    const text = this.#given(key, allowed);
    const found = words.find((word) => word === text);
    if (found === undefined && text !== undefined)
      this.#fault(key, 'another word', allowed, 'Use one of these words.');
    return found ?? words[0];
  }

  /** A secret, or a word that stands for having none. */
  secretOrWord<Value extends object, Word extends string>(
    key: string,
    parse: SecretParser<Value>,
    word: Word,
  ): Value | Word {
    const isWord = this.#variables[key] === word && this.#variables[`${key}_FILE`] === undefined;
    return isWord ? word : this.secret(key, parse);
  }

  /** A value that may come as `KEY`, or as the path of its file in `KEY_FILE`; a newline that ends the file is not part of it. */
  secret<Value extends object>(key: string, parse: SecretParser<Value>): Value {
    const text = this.#secretText(key);
    const parsed = text === undefined ? [] : parse(key, text, this.#readFile);
    if (!Array.isArray(parsed)) return parsed as Value;
    this.faults.push(...(parsed as readonly Fault[]));
    return {} as Value;
  }

  /** Each of these integers must be strictly below the next one. */
  increasing(...keys: readonly string[]): void {
    keys.slice(1).forEach((upperKey, index) => {
      const lowerKey = keys[index] ?? upperKey;
      const [lower, upper] = [this.#integers.get(lowerKey), this.#integers.get(upperKey)];
      if (lower === undefined || upper === undefined || lower < upper) return;
      this.#fault(
        lowerKey,
        `${lower}`,
        `less than ${upperKey}, which is ${upper}`,
        'Lower the one or raise the other: what waits inside must give up first.',
      );
    });
  }

  #given(key: string, allowed: string): string | undefined {
    const text = this.#variables[key];
    if (text !== undefined && text !== '') return text;
    this.#fault(
      key,
      text === undefined ? 'nothing' : 'an empty text',
      allowed,
      `Set ${key}; there is no default.`,
    );
    return undefined;
  }

  #integerOf(key: string, text: string, min: number, max: number, allowed: string): number {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    if (value === undefined)
      this.#fault(
        key,
        'a text that is no such number',
        allowed,
        'Write digits only, without a unit.',
      );
    else if (value < min || value > max)
      this.#fault(
        key,
        `a number ${value < min ? 'below' : 'above'} that`,
        allowed,
        'Choose a number inside the range.',
      );
    else this.#integers.set(key, value);
    return value ?? min;
  }

  #secretText(key: string): string | undefined {
    const fileKey = `${key}_FILE`;
    const path = this.#variables[fileKey];
    if (path === undefined)
      return this.#given(key, `a value, or ${fileKey} with the path of a file that holds it`);
    if (this.#variables[key] !== undefined) {
      this.#fault(
        key,
        `both ${key} and ${fileKey}`,
        'one of the two',
        `Unset ${key}: a file is not shown by docker inspect.`,
      );
      return undefined;
    }
    try {
      return this.#readFile(path).replace(/\r?\n$/, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.#fault(
        fileKey,
        `a path that cannot be read (${code})`,
        'the path of a readable file',
        'Mount the file and let the process read it.',
      );
      return undefined;
    }
  }

  #fault(key: string, got: string, allowed: string, remedy: string): void {
    this.faults.push({ key, got, allowed, remedy });
  }
}
