/** Dates, moments and values as the shell writes them. */
export { day, displayOf, moment, registry, shown } from '../schema.js';
export type { Field, Registry } from '../schema.js';
