import { type Fault, showValue } from './fault.ts';

/** Checks the stack's name, which becomes part of names on the target. */
export function checkEnvironmentName(environment: string): Fault[] {
  if (/^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/.test(environment)) return [];
  return [
    {
      key: 'stack name',
      got: showValue(environment),
      allowed:
        'up to 31 lower-case letters, digits and dashes, ' +
        'beginning with a letter and not ending with a dash',
      remedy: 'Choose another stack name; it becomes part of container and volume names.',
    },
  ];
}
