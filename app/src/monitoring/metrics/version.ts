/** The project's version, as package.json has it: the bundle carries no package.json of ours. */
export const VERSION = '0.1.0';
