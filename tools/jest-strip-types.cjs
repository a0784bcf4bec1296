// Jest compiles what it runs; here that is Node's own type stripping, so tests run the same code as
// production.
const { stripTypeScriptTypes } = require('node:module');

module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
