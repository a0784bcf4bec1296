export function findNode(report: (line: string) => void): Promise<string>;
export function ensureNode(wanted: {
  os: 'linux';
  cpu: 'x64' | 'arm64';
  report: (line: string) => void;
  pinnedBy?: string;
}): Promise<string>;
