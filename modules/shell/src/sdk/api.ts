/** The server, for pages of plugins: the same session, errors, school and stream of changes as the shell's own pages. */
export { ProblemError, download, follow, get, query, request, send, writeKey } from '../api.js';
export type { FieldProblem, Job, Page, Problem, Reference, Row, Session } from '../api.js';
export { onChange } from '../live.js';
export type { Change } from '../live.js';
