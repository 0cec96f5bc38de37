/** The server, for pages of plugins: the same session, errors and school as the shell's own pages. */
export { ProblemError, download, follow, get, query, request, send, writeKey } from '../api.js';
export type { FieldProblem, Job, Page, Problem, Reference, Row, Session } from '../api.js';
