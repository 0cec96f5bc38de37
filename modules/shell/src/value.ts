/** A value as a card or a line of it shows it: what leads somewhere is a link. */
import { html, type TemplateResult } from 'lit';
import type { Session } from './api.js';
import { href } from './router.js';
import { isReference, shown, type Field } from './schema.js';

export function linked(session: Session, of: Field, value: unknown): TemplateResult | string {
  if (isReference(value) && of.target && session.rights[of.target]?.includes('read')) return html`<a href=${href(`/r/${of.target}/${value.id}`)}>${value.display}</a>`;
  const text = shown(of, value);
  if (text && of.check === 'phone') return html`<a href="tel:${text}">${text}</a>`;
  if (text && of.check === 'email') return html`<a href="mailto:${text}">${text}</a>`;
  return text;
}
