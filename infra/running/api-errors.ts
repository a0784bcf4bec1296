/** A request to the API server, in the words of its access rules. */
export interface Asking {
  readonly verb: 'get' | 'list' | 'create' | 'patch';
  /** `pods`, `pods/log`, ... */
  readonly resource: string;
  /** Absent for what belongs to no namespace. */
  readonly namespace?: string;
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** The HTTP status of an answer that is an error; absent when there was no answer at all. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** What is awaited of the API server, or nothing when it knows no such object. */
export async function orNothing<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

/** One line for a person: which right is missing, or that nobody answers. */
export function describeApiError(error: unknown, { verb, resource, namespace }: Asking): string {
  const what = `${verb} ${resource}${namespace === undefined ? '' : ` in the namespace ${namespace}`}`;
  switch (statusOf(error)) {
    case undefined:
      return `cannot ${what}: the API server does not answer (${innermost(error as Error)}). Look at KUBECONFIG, at the current context and at kubernetes.context.`;
    case UNAUTHORIZED:
      return `cannot ${what}: the API server does not know this user. Log in again, or look at the user in your kubeconfig.`;
    case FORBIDDEN:
      return `this user may not ${what}: ${serverWords(error)}. docs/kubernetes.md has the rights that are needed.`;
    default:
      return `cannot ${what}: ${serverWords(error)}`;
  }
}

/** `fetch failed` is all that the outer one says. */
function innermost({ cause, message }: Error): string {
  const { message: inner } = (cause ?? {}) as { readonly message?: string };
  return inner === undefined || inner === '' ? message : inner;
}

/** The client's own text is the whole answer with all headers. */
function serverWords(error: unknown): string {
  const { code, body } = error as { readonly code?: number; readonly body?: unknown };
  const said = typeof body === 'string' ? parseOrNothing(body) : body;
  const message = (said as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : `HTTP ${code ?? 'without a status'}`;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
