/** What was done with a record: who, when, before and after. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { get, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { actions, moment, registry, shown, type Registry } from './schema.js';

interface Entry {
  seq: number;
  at: string;
  registry: string;
  action: string;
  by: string;
  by_name: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export class EsHistory extends PageElement {
  static override properties = { of: { attribute: false }, recordId: { attribute: false }, version: { attribute: false }, entries: { state: true }, problem: { state: true } };
  declare of: Registry;
  declare recordId: number;
  declare version: number;
  declare entries: Entry[] | null;
  declare problem: Problem | null;
  private readonly labels = new Map<string, Registry>();

  constructor() {
    super();
    this.entries = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('recordId') || changed.has('version')) void this.load();
  }

  private async load(): Promise<void> {
    try {
      const found = await get<{ items: Entry[] }>(`records/${this.of.id}/${this.recordId}/history`);
      // A pupil's card is kept as a person and a pupil: each has names of its own for its fields.
      await Promise.all(
        [...new Set(found.items.map((one) => one.registry))].map(async (id) => {
          try {
            this.labels.set(id, await registry(id));
          } catch {
            this.labels.set(id, this.of);
          }
        }),
      );
      this.entries = found.items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private change(entry: Entry): TemplateResult[] {
    const of = this.labels.get(entry.registry) ?? this.of;
    const names = new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})]);
    return [...names].map((name) => {
      const field = of.fields.find((one) => one.name === name) ?? this.of.fields.find((one) => one.name === name);
      const before = shown(field, entry.before?.[name]);
      const after = shown(field, entry.after?.[name]);
      return html`<li>${field?.label ?? name}: ${before ? html`<del>${before}</del> → ` : ''}<ins>${after || 'пусто'}</ins></li>`;
    });
  }

  override render(): TemplateResult {
    if (this.problem) return html`${problemCard(this.problem)}`;
    if (!this.entries) return skeleton(4);
    return html`<ol class="history">
      ${this.entries.map(
        (entry) => html`<li>
          <p><time datetime=${entry.at}>${moment(entry.at)}</time> · <span title=${entry.by}>${entry.by_name || entry.by}</span> · ${actions[entry.action] ?? entry.action}</p>
          <ul>${this.change(entry)}</ul>
        </li>`,
      )}
    </ol>`;
  }
}
customElements.define('es-history', EsHistory);
