/** A share as a bar and a number. */
import { html, type TemplateResult } from 'lit';

export function bar(percent: number): TemplateResult {
  return html`<span class="bar"><meter min="0" max="100" low="70" high="95" optimum="100" value=${percent} aria-hidden="true"></meter> ${percent} %</span>`;
}
