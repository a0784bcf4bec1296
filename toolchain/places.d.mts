export const checkout: string;
export function toolsDirectory(env?: NodeJS.ProcessEnv): string;
