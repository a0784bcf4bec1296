import { existsSync } from 'node:fs';
import { installPackages } from '../toolchain/debian/debian-packages.ts';
import { findProgram } from '../toolchain/program.ts';
import type { Report, StepOutcome } from '../toolchain/progress.ts';

/** Each with the Debian package that brings it. */
const NEEDED: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  conntrack: 'conntrack',
  nft: 'nftables',
  ipset: 'ipset',
  iptables: 'iptables',
  socat: 'socat',
  openssl: 'openssl',
  'mkfs.ext4': 'e2fsprogs',
  '/usr/lib/cni/ptp': 'containernetworking-plugins',
};

/** The system's own programs that a node is made of. */
export async function ensurePackages(report: Report): Promise<StepOutcome> {
  const missing = Object.entries(NEEDED).flatMap(([program, name]) =>
    (program.startsWith('/') ? existsSync(program) : findProgram(program) !== undefined)
      ? []
      : [name],
  );
  if (missing.length === 0) return 'ready';
  await installPackages({
    packages: [...new Set(missing)],
    purpose: 'what a Kubernetes node needs of the system',
    report,
  });
  return 'done';
}
