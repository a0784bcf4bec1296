/** An answer that is not 2xx. `message` is for the caller: no stack, SQL, host name or secret. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** Stable code for programs. */
  readonly code: string;
  #headers: Readonly<Record<string, string>> = {};

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** Adds headers to the answer. */
  withHeaders(headers: Readonly<Record<string, string>>): this {
    this.#headers = { ...this.#headers, ...headers };
    return this;
  }
}

/** The body of every error. */
export function errorBody(
  code: string,
  message: string,
): { readonly error: { readonly code: string; readonly message: string } } {
  return { error: { code, message } };
}
