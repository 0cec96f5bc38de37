/** Elements and small helpers of the shell, for pages of plugins. */
export { PageElement, counted, problemCard, problemOf, skeleton, tell } from '../element.js';
export { go, href } from '../router.js';
