/** What a plugin's page builds its elements with: the shell's own copy, so that a page weighs nothing for it. */
export { LitElement, css, html, nothing, svg } from 'lit';
export type { PropertyValues, TemplateResult } from 'lit';
