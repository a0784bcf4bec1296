// Pulumi loads a pack by require(), with ts-node in charge of .ts files, which refuses ES modules.
// What is imported from here is Node's own to load: it strips the types, and nothing is compiled
// before a run.
import './pack.ts';
