/**
 * A user who may log in to PgBouncer; `secret` is a SCRAM verifier or, for tests only, a password.
 */
export interface User {
  readonly name: string;
  readonly secret: string;
}

/**
 * Renders auth_file (https://www.pgbouncer.org/config.html#authentication-file-format): one `"name"
 * "secret"` a line, sorted by name, quotes doubled. A backslash is a plain character. Throws on a
 * newline or NUL (a line of its own would be a user of its own) and on a name given twice.
 */
export function renderUserlist(users: readonly User[]): string {
  const names = users.map((user) => user.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(
      `userlist: user ${JSON.stringify(twice)} is given twice; PgBouncer would take the last one`,
    );
  return [...users]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, secret }) => {
      const whose = `the secret of ${JSON.stringify(name)}`;
      return `${quote('a user name', name)} ${quote(whose, secret)}\n`;
    })
    .join('');
}

function quote(what: string, text: string): string {
  if (text === '') throw new Error(`userlist: ${what} is empty`);
  if (/[\n\r\0]/.test(text)) throw new Error(`userlist: ${what} holds a newline or NUL; remove it`);
  return `"${text.replaceAll('"', '""')}"`;
}
