/** The project's name, in every name and label of an environment. */
export const PROJECT = 'spywatcher';
