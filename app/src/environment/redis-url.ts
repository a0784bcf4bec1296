import type { Fault } from './fault.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

const ALLOWED = 'redis://USER:PASSWORD@HOST:PORT';

/** Reads a Redis URL into its parts, or into its faults. No part of the URL is ever echoed. */
export function readRedisUrl(key: string, text: string): RedisAddress | readonly Fault[] {
  const fault = (got: string): readonly Fault[] => [
    { key, got, allowed: ALLOWED, remedy: 'Percent-encode user and password.' },
  ];
  const url = URL.parse(text);
  if (url?.protocol !== 'redis:') return fault('a text that is not such a URL');
  if (url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname))
    return fault('a URL with more than that');
  try {
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    if (!url.hostname || !url.port || !username || !password)
      return fault('a URL that lacks a part');
    return { host: url.hostname, port: Number(url.port), username, password };
  } catch {
    return fault('a URL with a malformed percent-encoding');
  }
}
