/**
 * Stands for a value that only the update will know: an image's id before the image is built.
 */
export const UNKNOWN = Symbol('known after the update');

export type Props = Readonly<Record<string, unknown>>;

/** A resource as rules see it: plain data. */
export interface Subject {
  /** `docker:index/container:Container` */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  readonly stack: string;
  readonly props: Props;
  /** The resource option: it outlives `pulumi destroy`. */
  readonly protect: boolean;
}

/** What the engine tells of a resource, in a policy on resources as in one on the stack. */
interface Told {
  readonly type: string;
  readonly name: string;
  /** `urn:pulumi:<stack>::<project>::<type>::<name>` */
  readonly urn: string;
  readonly props: Record<string, unknown>;
  readonly opts: { readonly protect: boolean };
}

/**
 * Copies the properties, because the engine's own throw when an unknown one is read, and a rule
 * would then be left out for all of the resource. A rule passes what is unknown: the update runs it
 * again, with the value.
 */
export function readSubject({ type, name, urn, props, opts }: Told): Subject {
  const [, , stack = ''] = urn.split(':');
  return { type, name, stack, props: copyOf(props) as Props, protect: opts.protect };
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const read = (key: string | number): unknown => {
    try {
      return copyOf((value as Record<string | number, unknown>)[key]);
    } catch (error) {
      if ((error as Error).message.endsWith("can't be known during preview")) return UNKNOWN;
      throw error;
    }
  };
  return Array.isArray(value)
    ? Array.from({ length: value.length }, (_, index) => read(index))
    : Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}
