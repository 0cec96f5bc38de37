/** Elements and small helpers of the shell, for pages of plugins. */
export { PageElement, problemCard, problemOf, skeleton, tell } from '../element.js';
export { go, href } from '../router.js';
export { counted } from '../language.js';
