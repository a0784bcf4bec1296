import type { ResourceRule, StackRule } from './rule.ts';
import { defaultDeny } from './rules/default-deny.ts';
import { gracefulStop } from './rules/graceful-stop.ts';
import { labels } from './rules/labels.ts';
import { limits } from './rules/limits.ts';
import { noPrivileges } from './rules/no-privileges.ts';
import { nonRoot } from './rules/non-root.ts';
import { pinnedImage } from './rules/pinned-image.ts';
import { plainSecret } from './rules/plain-secret.ts';
import { protectedData } from './rules/protected-data.ts';
import { publishedPort } from './rules/published-port.ts';
import { readOnlyRoot } from './rules/read-only-root.ts';

export const RESOURCE_RULES: readonly ResourceRule[] = [
  publishedPort,
  gracefulStop,
  nonRoot,
  readOnlyRoot,
  noPrivileges,
  pinnedImage,
  limits,
  protectedData,
  plainSecret,
  labels,
];
export const STACK_RULES: readonly StackRule[] = [defaultDeny];
