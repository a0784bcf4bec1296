/** The project's name, in every name and label of an environment. */
export const PROJECT = 'spywatcher';

/** Begins the types of the parts that resources are grouped into; a part is no object itself. */
export const PART_TYPES = `${PROJECT}:environment:`;
