import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { deriveCredentials, scramVerifier } from './credentials.ts';

const rootSecret = 'an example secret of more than thirty-two characters';
const passwordsOf = (version: number): string[] => {
  const {
    superuser,
    owner,
    app,
    monitor,
    backup,
    poolerAdmin,
    poolerMonitor,
    redisPassword,
    adminToken,
  } = deriveCredentials({ rootSecret, version });
  return [
    ...[superuser, owner, app, monitor, backup, poolerAdmin, poolerMonitor].map(
      ({ password }) => password,
    ),
    redisPassword,
    adminToken,
  ];
};

describe('derived credentials', () => {
  test('are the same for the same secret and version', () => {
    expect(deriveCredentials({ rootSecret, version: 1 })).toEqual(
      deriveCredentials({ rootSecret, version: 1 }),
    );
  });

  test('differ by role, by version and by secret', () => {
    const other = deriveCredentials({ rootSecret: `${rootSecret}.`, version: 1 }).app.password;
    const all = [...passwordsOf(1), ...passwordsOf(2), other];
    expect(new Set(all).size).toBe(all.length);
  });

  test('stay what they are: another derivation would lock out every deployed environment', () => {
    expect(deriveCredentials({ rootSecret, version: 1 }).app.password).toBe(
      'TcsbTAY26ie8ZB5cv93MyXAkNceiJAJT',
    );
    expect(deriveCredentials({ rootSecret, version: 2 }).adminToken).toBe(
      'adRdl6XIePavxcXjSzLqgU6vyj_E3Wtf',
    );
  });

  test('are 192 bits that need no quoting in a URL, an ini or a shell', () => {
    for (const password of passwordsOf(1)) expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });

  test('know the superuser passwords of earlier versions, newest first', () => {
    const of = (version: number): string =>
      deriveCredentials({ rootSecret, version }).superuser.password;
    expect(deriveCredentials({ rootSecret, version: 3 }).earlierSuperuserPasswords).toEqual([
      of(2),
      of(1),
    ]);
  });

  test(
    'know the admin token, the app and the password of Redis of the version before, and no ' +
      'older ones',
    () => {
      const of = (version: number) => deriveCredentials({ rootSecret, version });
      expect(of(1)).toMatchObject({
        earlierAdminTokens: [],
        earlierApps: [],
        earlierRedisPasswords: [],
      });
      expect(of(3)).toMatchObject({
        earlierAdminTokens: [of(2).adminToken],
        earlierApps: [of(2).app],
        earlierRedisPasswords: [of(2).redisPassword],
      });
    },
  );

  test(
    'give the app the two roles in turn, so that the one before keeps its password while the ' +
      'next one gets its own',
    () => {
      const nameIn = (version: number): string =>
        deriveCredentials({ rootSecret, version }).app.name;
      expect([1, 2, 3, 4].map(nameIn)).toEqual([
        'spywatcher',
        'spywatcher_alternate',
        'spywatcher',
        'spywatcher_alternate',
      ]);
    },
  );
});

test(
  'a verifier lets exactly its own password prove itself (RFC 5802: ClientProof XOR ' +
    'ClientSignature hashes to StoredKey)',
  () => {
    const salt = Buffer.from('0123456789abcdef');
    const [, iterations, saltText, storedKey, serverKey] =
      /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(scramVerifier('s3cret', salt)) ?? [];
    const salted = (password: string): Buffer =>
      pbkdf2Sync(password, Buffer.from(saltText ?? '', 'base64'), Number(iterations), 32, 'sha256');
    const key = (password: string, label: string): Buffer =>
      createHmac('sha256', salted(password)).update(label).digest();
    const stored = (password: string): string =>
      createHash('sha256').update(key(password, 'Client Key')).digest('base64');
    expect(stored('s3cret')).toBe(storedKey);
    expect(stored('s3cres')).not.toBe(storedKey);
    expect(key('s3cret', 'Server Key').toString('base64')).toBe(serverKey);
  },
);
