/** Sign-ins and refusals, passwords, rights, exports, cards opened: who did what to whose account, and from where. */
import { html, nothing, type TemplateResult } from 'lit';
import { get, query, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { moment } from './schema.js';

interface Entry {
  id: number;
  at: string;
  deed: string;
  label: string;
  login: string;
  by: string | null;
  remote: string;
  detail: string;
}

export class EsSecurityLog extends PageElement {
  static override properties = { items: { state: true }, deeds: { state: true }, deed: { state: true }, next: { state: true }, problem: { state: true } };
  declare items: Entry[] | null;
  declare deeds: { id: string; label: string }[];
  declare deed: string;
  declare next: number | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.items = null;
    this.deeds = [];
    this.deed = '';
    this.next = null;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Журнал безопасности — Электронная школа';
    void this.load();
  }

  private async load(more = false): Promise<void> {
    this.problem = null;
    try {
      const page = await get<{ items: Entry[]; next: number | null; deeds: { id: string; label: string }[] }>(
        `security-log${query({ deed: this.deed, limit: 100, ...(more && this.next ? { before: this.next } : {}) })}`,
      );
      this.items = more ? [...(this.items ?? []), ...page.items] : page.items;
      this.next = page.next;
      this.deeds = page.deeds;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  override render(): TemplateResult {
    return html`<h1>Журнал безопасности</h1>
      ${problemCard(this.problem, () => void this.load())}
      <div class="toolbar">
        <label>Что <select @change=${(event: Event) => ((this.deed = (event.target as HTMLSelectElement).value), (this.items = null), void this.load())}>
          <option value="">всё</option>${this.deeds.map((one) => html`<option value=${one.id} ?selected=${one.id === this.deed}>${one.label}</option>`)}
        </select></label>
      </div>
      ${this.items === null
        ? this.problem ? nothing : skeleton()
        : !this.items.length
          ? html`<div class="card empty"><p>Таких событий не было.</p></div>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label="События"><table>
              <thead><tr><th scope="col">Когда</th><th scope="col">Что</th><th scope="col">Чья запись</th><th scope="col">Кто</th><th scope="col">Откуда</th><th scope="col">Подробности</th></tr></thead>
              <tbody>${this.items.map(
                (one) => html`<tr><td data-label="Когда">${moment(one.at)}</td><td data-label="Что">${one.label}</td><td data-label="Чья запись">${one.login}</td><td data-label="Кто">${one.by ?? ''}</td><td data-label="Откуда">${one.remote}</td><td data-label="Подробности">${one.detail}</td></tr>`,
              )}</tbody></table></div>
            ${this.next ? html`<p class="more"><button class="quiet" @click=${() => void this.load(true)}>Показать раньше</button></p>` : nothing}`}`;
  }
}
customElements.define('es-security-log', EsSecurityLog);
