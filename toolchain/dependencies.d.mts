type Report = (line: string) => void;
export function areInstalled(folder: string): boolean;
export function ensureDependencies(options: {
  folder: string;
  lockFile: string;
  report: Report;
  install?: (options: {
    folder: string;
    report: Report;
    hold: (pid: number) => void;
  }) => Promise<void>;
}): Promise<void>;
